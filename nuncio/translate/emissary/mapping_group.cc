#include "nuncio/translate/emissary/mapping_group.h"

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::translate::emissary {
namespace {

// The field in which two Mappings of one key differ though they must not; null when there is none.
const char* Disagreement(const UsableMapping& a, const UsableMapping& b) {
  const resource::Mapping &x = *a.mapping, &y = *b.mapping;
  const resource::MappingCluster &c = *x.cluster, &d = *y.cluster;
  const auto flags_differ = [](const auto& l, const auto& r) { return l.value_or(false) != r.value_or(false); };
  if (x.method != y.method) return "spec.method";
  if (a.matches().headers != b.matches().headers) return "spec.regex_headers";
  if (flags_differ(x.prefix_regex, y.prefix_regex)) return "spec.prefix_regex";
  if (flags_differ(x.prefix_exact, y.prefix_exact)) return "spec.prefix_exact";
  if (flags_differ(x.bypass_auth, y.bypass_auth)) return "spec.bypass_auth";
  if (c.circuit_breakers != d.circuit_breakers) return "spec.circuit_breakers";
  if (c.connect_timeout_ms != d.connect_timeout_ms) return "spec.connect_timeout_ms";
  if (c.cluster_idle_timeout_ms != d.cluster_idle_timeout_ms) return "spec.cluster_idle_timeout_ms";
  if (c.cluster_max_connection_lifetime_ms != d.cluster_max_connection_lifetime_ms) {
    return "spec.cluster_max_connection_lifetime_ms";
  }
  if (c.keepalive != d.keepalive) return "spec.keepalive";
  if (x.has_labels != y.has_labels) return "spec.labels";
  if (x.load_balancer != y.load_balancer) return "spec.load_balancer";
  return nullptr;
}

std::string NameOf(const UsableMapping& usable) {
  return absl::StrCat(usable.origin->kind, " ", usable.origin->ns, "/", usable.origin->name);
}

void Refuse(Report& report, const UsableMapping& refused, const char* field, std::string message) {
  report.Error(*refused.origin, code::kMappingConflict, field, std::move(message));
}

void Add(const UsableMapping& usable, GroupedMappings& group, Report& report) {
  if (const char* field = Disagreement(*group.first, usable)) {
    Refuse(report, usable, field,
           absl::StrCat("must be as in ", NameOf(*group.first), ", which matches the same requests"));
    return;
  }
  if (usable.is_shadow()) {
    if (group.shadow != nullptr) {
      Refuse(report, usable, "spec.shadow", absl::StrCat("these requests go to ", NameOf(*group.shadow), " already"));
      return;
    }
    group.shadow = &usable;
    return;
  }
  if (!group.members.empty() && (usable.is_redirect() || group.members.front()->is_redirect())) {
    Refuse(report, usable, "spec.host_redirect",
           absl::StrCat("a redirect shares its requests with no other Mapping, but ", NameOf(*group.members.front()),
                        " matches the same ones"));
    return;
  }
  group.members.push_back(&usable);
}

}  // namespace

GroupedMappings GroupMappings(const std::vector<UsableMappingPtr>& mappings, Report& report) {
  GroupedMappings group{{}, nullptr, mappings.front().get()};
  for (const UsableMappingPtr& usable : mappings) Add(*usable, group, report);
  return group;
}

}  // namespace nuncio::translate::emissary
