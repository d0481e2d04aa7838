#include "nuncio/kube/discovery.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "nuncio/base/json_member.h"
#include "nuncio/base/text.h"
#include "nuncio/base/yaml.h"
#include "nuncio/kube/decode.h"
#include "nuncio/resource/conversion.h"
#include "nuncio/resource/decode.h"

namespace nuncio::kube {
namespace {

constexpr size_t kMostBytes = 16 << 20;
constexpr char kAggregated[] =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

std::optional<Json> Parse(std::string_view body) {
  YamlStream stream = ReadJson(body);
  if (stream.error.has_value() || stream.documents.empty() || !stream.documents.front().value.is_object()) {
    return std::nullopt;
  }
  return std::move(stream.documents.front().value);
}

const Json& List(const Json& object, const char* field) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto at = object.find(field);
  return at != object.end() && at->is_array() ? *at : kNone;
}

const Json& Member(const Json& object, const char* field) {
  static const Json kNone = Json::object();
  if (!object.is_object()) return kNone;
  const auto at = object.find(field);
  return at != object.end() && at->is_object() ? *at : kNone;
}

bool CanListAndWatch(const Json& resource) {
  int found = 0;
  for (const Json& verb : List(resource, "verbs")) found += verb == "list" || verb == "watch" ? 1 : 0;
  return found == 2;
}

std::vector<ServedKind> Wanted(const std::vector<Offer>& offers) {
  std::vector<ServedKind> wanted;
  for (const Offer& offer : offers) {
    if (offer.watchable && resource::WantedVersion(offer.kind.group, offer.kind.kind)) wanted.push_back(offer.kind);
  }
  return wanted;
}

bool IsWantedGroup(std::string_view group) {
  const std::vector<std::string_view> groups = resource::WantedGroups();
  return std::binary_search(groups.begin(), groups.end(), group);
}

}  // namespace

std::vector<ServedKind> Choose(const ServedKinds& served, const std::map<std::string, std::string>& storage) {
  std::map<std::pair<std::string, std::string>, std::pair<int, ServedKind>> chosen;  // with how good it is
  for (const ServedKind& kind : served.kinds) {
    const auto stored = storage.find(Cat(kind.plural, ".", kind.group));
    const bool is_stored = stored != storage.end() && stored->second == kind.version &&
                           kind.group == resource::kEmissaryGroup && resource::HasVersion(kind.kind, kind.version);
    const int rank = is_stored ? 2 : kind.version == resource::WantedVersion(kind.group, kind.kind) ? 1 : 0;
    const auto [at, is_new] = chosen.try_emplace({kind.group, kind.kind}, rank, kind);
    if (!is_new && rank > at->second.first) at->second = {rank, kind};
  }
  std::vector<ServedKind> out;
  for (auto& [key, kind] : chosen) out.push_back(std::move(kind.second));
  return out;
}

absl::StatusOr<std::vector<Offer>> ReadAggregatedDiscovery(std::string_view body,
                                                           std::set<std::string>& unknown_groups) {
  const std::optional<Json> json = Parse(body);
  if (!json.has_value() || TextMember(*json, "kind") != "APIGroupDiscoveryList") {
    return absl::InvalidArgumentError("no APIGroupDiscoveryList");
  }
  std::vector<Offer> offers;
  for (const Json& group : List(*json, "items")) {
    const std::string name = TextMember(Member(group, "metadata"), "name");
    for (const Json& version : List(group, "versions")) {
      if (TextMember(version, "freshness") == "Stale") unknown_groups.insert(name);
      for (const Json& resource : List(version, "resources")) {
        offers.push_back({{name, TextMember(Member(resource, "responseKind"), "kind"), TextMember(version, "version"),
                           TextMember(resource, "resource"), TextMember(resource, "scope") != "Cluster"},
                          CanListAndWatch(resource)});
      }
    }
  }
  return offers;
}

void Discovery::Check() {
  questions_ = {{"/api", "", true}, {"/apis", "", true}};
  offers_.clear();
  unknown_groups_.clear();
  AskNext();
}

void Discovery::AskNext() {
  if (questions_.empty()) return done_(ServedKinds{Wanted(offers_), unknown_groups_});
  const Question question = questions_.front();
  questions_.pop_front();
  Request request;
  request.path = question.path;
  request.compressed = true;
  if (question.aggregated) request.accept = kAggregated;
  fetch_.Start(std::move(request), kMostBytes,
               [this, question](const absl::StatusOr<Fetch::Answer>& answer) { Answered(question, answer); });
}

void Discovery::Answered(const Question& question, const absl::StatusOr<Fetch::Answer>& answer) {
  if (answer.ok() && answer->head.status == 200 && Take(question, answer->body)) return AskNext();
  // One group's server may be away without harm to the others.
  if (answer.ok() && !question.aggregated) {
    unknown_groups_.insert(question.group);
    return AskNext();
  }
  if (!answer.ok()) return done_(answer.status());
  done_(absl::FailedPreconditionError(Cat("the API server answers ", answer->head.status, " to ", question.path)));
}

bool Discovery::Take(const Question& question, const std::string& body) {
  if (question.aggregated) {
    absl::StatusOr<std::vector<Offer>> offers = ReadAggregatedDiscovery(body, unknown_groups_);
    if (offers.ok()) {
      offers_.insert(offers_.end(), offers->begin(), offers->end());
      return true;
    }
  }
  const std::optional<Json> json = Parse(body);
  if (!json.has_value()) return false;
  const std::string kind = TextMember(*json, "kind");
  if (kind == "APIVersions") {
    questions_.push_back({"/api/v1", "", false});
  } else if (kind == "APIGroupList") {
    for (const Json& group : List(*json, "groups")) {
      const std::string name = TextMember(group, "name");
      if (!IsWantedGroup(name)) continue;
      for (const Json& version : List(group, "versions")) {
        questions_.push_back({Cat("/apis/", TextMember(version, "groupVersion")), name, false});
      }
    }
  } else if (kind == "APIResourceList") {
    const std::string group_version = TextMember(*json, "groupVersion");
    const std::string version = group_version.substr(group_version.find('/') + 1);
    for (const Json& resource : List(*json, "resources")) {
      // "mappings/status" is a part of one.
      if (TextMember(resource, "name").find('/') != std::string::npos) continue;
      const auto namespaced = resource.find("namespaced");
      offers_.push_back({{question.group, TextMember(resource, "kind"), version, TextMember(resource, "name"),
                          namespaced == resource.end() || *namespaced != false},
                         CanListAndWatch(resource)});
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace nuncio::kube
