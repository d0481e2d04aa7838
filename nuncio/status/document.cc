#include "nuncio/status/document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nuncio/base/digest.h"
#include "nuncio/base/json_member.h"

namespace nuncio::status {
namespace {

std::string Rfc3339(int64_t time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time), absl::UTCTimeZone());
}

int64_t TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, text, &time, &error) ? absl::ToUnixSeconds(time) : 0;
}

std::vector<std::string_view> FieldsOf(std::string_view kind) {
  if (kind == "Mapping") return {"reason", "state"};
  if (kind == "Host") return {"errorReason", "state"};
  return {};
}

// networking.k8s.io/v1 knows its `loadBalancer` and nothing else.
bool IsIngress(std::string_view kind) { return kind == "Ingress"; }

template <typename Names>
size_t IndexOf(const Names& names, std::string_view name) {
  return static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

// Never 0, which stands for none.
uint64_t DigestOfPart(const Json& part) {
  return std::max<uint64_t>(
      1, std::stoull(Digest(part.dump(-1, ' ', false, Json::error_handler_t::replace)), nullptr, 16));
}

Json ConditionsOf(const ObjectStatus& status) {
  Json conditions = Json::array();
  for (const Type type : kTypes) {
    const Condition& condition = status.of(type);
    conditions.push_back({{"type", kTypeNames[static_cast<size_t>(type)]},
                          {"status", kTruthNames[static_cast<size_t>(condition.truth)]},
                          {"reason", condition.reason},
                          {"message", condition.message},
                          {"observedGeneration", status.generation}});
  }
  return conditions;
}

Json PartOf(const ObjectStatus& status) {
  Json part = Json::object();
  if (IsIngress(status.kind)) {
    part["loadBalancer"] = LoadBalancerOf(status.addresses);
    return part;
  }
  part["conditions"] = ConditionsOf(status);
  for (const auto& [name, value] : status.fields) part[name] = value;
  return part;
}

}  // namespace

Seen SeenOf(const std::string& kind, const Json& status) {
  Seen seen;
  if (!status.is_object()) return seen;
  if (IsIngress(kind)) {
    if (status.contains("loadBalancer")) {
      seen.digest = DigestOfPart({{"loadBalancer", LoadBalancerOf(AddressesOf(status))}});
    }
    return seen;
  }
  std::array<Json, kTypes.size()> found;
  if (const auto at = status.find("conditions"); at != status.end() && at->is_array()) {
    for (const Json& condition : *at) {
      if (!condition.is_object()) continue;
      const size_t type = IndexOf(kTypeNames, TextMember(condition, "type"));
      if (type == kTypes.size()) continue;  // somebody else's
      const size_t truth = IndexOf(kTruthNames, TextMember(condition, "status"));
      if (truth < kTruthNames.size()) {
        seen.conditions[type] = {static_cast<Truth>(truth), TimeOf(TextMember(condition, "lastTransitionTime"))};
      }
      const auto generation = condition.find("observedGeneration");
      if (generation != condition.end() && generation->is_number_integer()) {
        seen.generation = std::max(seen.generation, generation->get<int64_t>());
      }
      found[type] = condition;
      found[type].erase("lastTransitionTime");
    }
  }
  Json part = Json::object();
  part["conditions"] = Json::array();
  for (Json& condition : found) {
    if (!condition.is_null()) part["conditions"].push_back(std::move(condition));
  }
  bool any = !part["conditions"].empty();
  for (const std::string_view name : FieldsOf(kind)) {
    const auto at = status.find(name);
    if (at == status.end()) continue;
    part[std::string(name)] = *at;
    any = true;
  }
  if (any) seen.digest = DigestOfPart(part);
  return seen;
}

uint64_t DigestOf(const ObjectStatus& status) { return DigestOfPart(PartOf(status)); }

Seen After(const ObjectStatus& status, const Seen& seen, int64_t now) {
  Seen after;
  after.digest = DigestOf(status);
  after.generation = status.generation;
  for (const Type type : kTypes) {
    const size_t i = static_cast<size_t>(type);
    const Seen::Since& before = seen.conditions[i];
    const bool stays = before.time != 0 && before.truth == status.of(type).truth;
    after.conditions[i] = {status.of(type).truth, stays ? before.time : now};
  }
  return after;
}

std::string ApplyBody(const ObjectStatus& status, const std::string& api_version, const Seen& after) {
  Json part = PartOf(status);
  for (size_t i = 0; i < kTypes.size() && part.contains("conditions"); ++i) {
    part["conditions"][i]["lastTransitionTime"] = Rfc3339(after.conditions[i].time);
  }
  Json metadata = {{"name", status.key.name}};
  if (!status.key.ns.empty()) metadata["namespace"] = status.key.ns;
  if (!status.uid.empty()) metadata["uid"] = status.uid;
  const Json object = {{"apiVersion", api_version},
                       {"kind", status.kind},
                       {"metadata", std::move(metadata)},
                       {"status", std::move(part)}};
  // What Envoy says in an error need not be UTF-8.
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace nuncio::status
