#include "nuncio/translate/emissary/usable_mapping.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/translate/emissary/mapping_check.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

void AppendKey(std::string_view value, std::string& key) {
  absl::StrAppend(&key, value.size(), ":");
  key += value;
}

void AppendKey(const std::vector<NamedMatch>& matches, std::string& key) {
  absl::StrAppend(&key, matches.size(), ";");
  for (const NamedMatch& match : matches) {
    AppendKey(match.name, key);
    AppendKey(match.value, key);
  }
}

}  // namespace

std::string PlaceOf(const resource::Mapping& mapping, bool internal) {
  return absl::StrCat(internal ? "0" : "1", VisitKey(mapping.meta), absl::string_view("\0", 1), mapping.meta.ns);
}

// Whether a value is a regular expression is not part of it: that is something the members of a group must agree on.
std::string GroupKeyOf(const UsableMapping& usable) {
  const resource::Mapping& mapping = *usable.mapping;
  std::string key;
  AppendKey(mapping.method->empty() ? "GET" : *mapping.method, key);
  AppendKey(mapping.prefix, key);
  const RequestMatches matches = usable.matches();
  AppendKey(matches.headers, key);
  AppendKey(matches.query, key);
  absl::StrAppend(&key, usable.selectors->size(), ";");
  for (const size_t selector : *usable.selectors) absl::StrAppend(&key, selector, ";");
  absl::StrAppend(&key, mapping.precedence.value_or(0));
  key.shrink_to_fit();  // it stays
  return key;
}

UsableMappingPtr CheckUsable(Context& context, const MappingInputs& inputs,
                             std::shared_ptr<const resource::Mapping> mapping, std::shared_ptr<const ir::Origin> origin,
                             bool internal) {
  if (!CheckMapping(context, *mapping, *origin)) return nullptr;
  UsableMapping usable{
      .mapping = mapping, .origin = origin, .internal = internal, .place = PlaceOf(*mapping, internal)};
  const BackendRequest request = BackendOf(*mapping, origin);
  if (mapping->redirect->host_redirect.value_or(false) && !usable.is_shadow()) {
    const auto service = NormalisedService(context, inputs.sources, request);
    if (!service) return nullptr;
    usable.redirect_host = service->ToString();
  } else {
    usable.backend = CheckBackend(context, inputs.sources, request);
    if (!usable.backend) return nullptr;
  }
  if (usable.host().kind == MappingHost::Kind::kNone)
    usable.selectors = inputs.selectors.Matching(mapping->meta.labels);
  usable.weight = RouteWeightOf(*mapping, usable.matches());
  return std::make_shared<const UsableMapping>(std::move(usable));
}

}  // namespace nuncio::translate::emissary
