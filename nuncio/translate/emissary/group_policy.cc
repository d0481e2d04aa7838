#include "nuncio/translate/emissary/group_policy.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "nuncio/translate/emissary/cluster_name.h"
#include "nuncio/translate/emissary/policies.h"

namespace nuncio::translate::emissary {
namespace {

using resource::Mapping;

// The last member that sets the field, else the Module's default.
template <typename T>
const Boxed<T>& Last(const GroupedMappings& group, Boxed<T> Mapping::*field, const Boxed<T>& otherwise) {
  const Boxed<T>* last = &otherwise;
  for (const UsableMapping* member : group.members) {
    if ((*member->mapping).*field) last = &((*member->mapping).*field);
  }
  return *last;
}

// A member without the field has the Module's default; one that sets it, were it to nothing, has its own.
std::vector<ir::AddedHeader> Union(const GroupedMappings& group, Boxed<resource::AddedHeaders> Mapping::*field,
                                   const Boxed<resource::AddedHeaders>& otherwise) {
  resource::AddedHeaders all;
  for (const UsableMapping* member : group.members) {
    const auto& own = (*member->mapping).*field;
    if (const auto& headers = own ? own : otherwise) {
      for (const auto& [name, header] : *headers) all[name] = header;
    }
  }
  std::vector<ir::AddedHeader> out;
  for (const auto& [name, header] : all) out.push_back({name, header.value, header.append.value_or(true)});
  return out;
}

ir::HeaderEdits EditsOf(std::vector<ir::AddedHeader> add, const Boxed<std::vector<std::string>>& remove) {
  return {std::move(add), remove.value_or(std::vector<std::string>{})};
}

// The identity that Emissary gives a group; its CORS runtime key holds it.
std::string GroupId(const UsableMapping& first) {
  const Mapping& mapping = *first.mapping;
  std::string text = absl::StrCat("HTTP-", mapping.method->empty() ? "GET" : *mapping.method, mapping.prefix);
  const RequestMatches matches = first.matches();
  for (const auto* list : {&matches.headers, &matches.query}) {
    for (const NamedMatch& match : *list) {
      text += match.name;
      text += match.value;
    }
  }
  for (const size_t selector : *first.selectors) absl::StrAppend(&text, selector);
  if (const int64_t precedence = mapping.precedence.value_or(0); precedence != 0) absl::StrAppend(&text, precedence);
  return Sha1(text);
}

std::vector<std::string> UpgradesOf(const GroupedMappings& group) {
  std::vector<std::string> upgrades;
  bool websocket = false;
  for (const UsableMapping* member : group.members) {
    if (!member->mapping->allow_upgrade->empty()) upgrades = *member->mapping->allow_upgrade;
    websocket = websocket || member->mapping->use_websocket.value_or(false);
  }
  // Not even `use_websocket: false` leaves it off in Emissary: see docs/compatibility.md.
  if (websocket) upgrades.push_back("websocket");
  std::sort(upgrades.begin(), upgrades.end());
  upgrades.erase(std::unique(upgrades.begin(), upgrades.end()), upgrades.end());
  return upgrades;
}

}  // namespace

GroupPolicy GroupPolicyOf(const Context& context, const GroupedMappings& group) {
  const ModuleSettings& module = context.module;
  GroupPolicy policy;
  policy.request_headers = EditsOf(Union(group, &Mapping::add_request_headers, module.add_request_headers),
                                   Last(group, &Mapping::remove_request_headers, module.remove_request_headers));
  policy.response_headers = EditsOf(Union(group, &Mapping::add_response_headers, module.add_response_headers),
                                    Last(group, &Mapping::remove_response_headers, module.remove_response_headers));
  if (const auto& cors = Last(group, &Mapping::cors, module.cors)) {
    policy.cors = CorsOf(*cors, absl::StrCat("routing.cors_enabled.", GroupId(*group.first)));
  }
  if (const auto& retry = Last(group, &Mapping::retry_policy, module.retry_policy)) {
    policy.retry = RetryPolicyOf(*retry);
  }
  if (const auto& balancer = Last(group, &Mapping::load_balancer, module.load_balancer)) {
    if (context.options.endpoints_enabled) policy.hash = HashPolicyOf(*balancer);
  }
  static const Boxed<resource::RegexRewrite> kNoRewrite;
  policy.regex_rewrite = Last(group, &Mapping::regex_rewrite, kNoRewrite);
  policy.upgrades = UpgradesOf(group);
  for (const UsableMapping* member : group.members) {
    const std::string& priority = member->mapping->priority;
    if (priority == "HIGH") policy.priority = ir::RoutePriority::kHigh;
    if (priority == "DEFAULT") policy.priority = ir::RoutePriority::kDefault;
  }
  return policy;
}

}  // namespace nuncio::translate::emissary
