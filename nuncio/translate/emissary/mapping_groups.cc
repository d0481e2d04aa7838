#include "nuncio/translate/emissary/mapping_groups.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "nuncio/translate/emissary/host_selectors.h"
#include "nuncio/translate/emissary/mapping_check.h"
#include "nuncio/translate/emissary/mapping_group.h"
#include "nuncio/translate/emissary/mapping_routes.h"
#include "nuncio/translate/emissary/probe_mappings.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

constexpr char kAcmeChallenge[] = "/.well-known/acme-challenge/";

// Checks Mappings and keeps those that can be used. What is wrong with one touches no other.
class Intake {
 public:
  Intake(Context& context, const BackendSources& sources, const HostSelectors& selectors)
      : context_(context), sources_(sources), selectors_(selectors) {}

  void Reserve(size_t count) { usable_.reserve(count); }

  void Add(const resource::Mapping& mapping, const ir::Origin& origin, bool internal) {
    if (!CheckMapping(context_, mapping, origin)) return;
    UsableMapping usable;
    usable.mapping = &mapping;
    usable.origin = origin;
    usable.host = HostOf(mapping);
    usable.matches = RequestMatchesOf(mapping, usable.host);
    usable.request = BackendOf(mapping, origin);
    usable.internal = internal;
    if (mapping.host_redirect.value_or(false) && !usable.is_shadow()) {
      const auto service = NormalisedService(context_, sources_, usable.request);
      if (!service) return;
      usable.redirect_host = service->ToString();
    } else {
      usable.backend = CheckBackend(context_, sources_, usable.request);
      if (!usable.backend) return;
    }
    if (usable.host.kind == MappingHost::Kind::kNone) usable.selectors = selectors_.Matching(mapping.meta.labels);
    usable_.push_back(std::move(usable));
  }

  const std::vector<UsableMapping>& usable() const { return usable_; }

 private:
  Context& context_;
  const BackendSources& sources_;
  const HostSelectors& selectors_;
  std::vector<UsableMapping> usable_;
};

// Descending by weight; of equal groups the later one comes first, as Emissary reverses an ascending stable sort.
void SortGroups(std::vector<GroupedMappings>& groups) {
  std::vector<RouteWeight> weights;
  weights.reserve(groups.size());
  for (const GroupedMappings& group : groups) {
    weights.push_back(RouteWeightOf(*group.first->mapping, group.first->matches));
  }
  std::vector<size_t> order(groups.size());
  std::iota(order.rbegin(), order.rend(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weights[a] > weights[b]; });
  std::vector<GroupedMappings> sorted;
  sorted.reserve(groups.size());
  for (const size_t i : order) sorted.push_back(std::move(groups[i]));
  groups = std::move(sorted);
}

MappingGroup MakeGroup(Context& context, const BackendSources& sources, const GroupedMappings& grouped) {
  MappingGroup group;
  const UsableMapping& first = *grouped.first;
  if (first.internal) {
    group.scope = MappingGroup::HostScope::kEvery;
  } else if (first.host.kind == MappingHost::Kind::kRegex) {
    group.scope = MappingGroup::HostScope::kRegex;
  } else if (first.host.kind == MappingHost::Kind::kGlob) {
    group.scope = MappingGroup::HostScope::kGlob;
    group.host_glob = first.host.value;
  }
  group.acme_challenge = first.mapping->prefix == kAcmeChallenge;
  for (const UsableMapping* member : grouped.members) {
    for (const auto& [name, value] : member->mapping->meta.labels) group.labels[name] = value;
    group.origins.push_back(member->origin);
  }
  if (grouped.shadow != nullptr) group.origins.push_back(grouped.shadow->origin);
  std::sort(group.origins.begin(), group.origins.end());
  group.routes = RoutesOf(context, sources, grouped);
  return group;
}

}  // namespace

std::vector<MappingGroup> TranslateMappings(Context& context, const TlsContexts& contexts,
                                            const std::vector<ActiveHost>& hosts) {
  const BackendSources sources(context, contexts);
  const HostSelectors selectors(hosts, context.options.strict_label_selectors);
  Intake intake(context, sources, selectors);
  const std::vector<resource::Mapping> probes = ProbeMappings(context.module, context.options);
  const std::vector<const resource::Mapping*> mine = Mine(context.snapshot.mappings, context.options.ambassador_id);
  intake.Reserve(probes.size() + mine.size());
  for (const resource::Mapping& probe : probes) intake.Add(probe, context.module.origin, true);
  for (const resource::Mapping* mapping : mine) {
    intake.Add(*mapping, OriginOf("Mapping", mapping->meta), false);
  }
  std::vector<GroupedMappings> grouped = GroupMappings(intake.usable(), context.report);
  SortGroups(grouped);
  std::vector<MappingGroup> groups;
  groups.reserve(grouped.size());
  for (const GroupedMappings& each : grouped) {
    if (MappingGroup group = MakeGroup(context, sources, each); !group.routes.empty()) {
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

}  // namespace nuncio::translate::emissary
