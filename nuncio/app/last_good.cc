#include "nuncio/app/last_good.h"

#include "nuncio/diag/refusals.h"

namespace nuncio::app {
namespace {

using Versions = std::map<status::Name, status::Version>;

// Those of the objects that have a status which are not in Envoy as they are now.
std::vector<ir::Origin> NewOf(const std::vector<ir::Origin>& origins, const status::Acknowledged& before,
                              const Versions& then, const Versions& now) {
  std::vector<ir::Origin> changed;
  for (const ir::Origin& origin : origins) {
    const status::Name name(origin.kind, origin.ns, origin.name);
    const auto is = now.find(name);
    if (is == now.end()) continue;
    const auto was = then.find(name);
    const bool same = was != then.end() && was->second == is->second && before.in_envoy->count(name) != 0;
    if (!same) changed.push_back(origin);
  }
  return changed;
}

}  // namespace

void LastGood::Follow(const std::vector<xds::Refusal>& refusals,
                      const std::shared_ptr<const status::Acknowledged>& before) {
  std::map<Resource, std::shared_ptr<const status::Acknowledged>> next;
  for (const xds::Refusal& refusal : refusals) {
    const Resource resource(refusal.type, refusal.name);
    const auto at = before_.find(resource);
    next.emplace(resource, at == before_.end() ? before : at->second);
  }
  before_ = std::move(next);
}

ir::Findings LastGood::FindingsOf(const std::vector<xds::Refusal>& refusals, const store::Snapshot& now) const {
  if (refusals.empty()) return {};
  const Versions versions = status::VersionsOf(now);
  return diag::FindingsOf(refusals, [&](const xds::Refusal& refusal) {
    const auto at = before_.find(Resource(refusal.type, refusal.name));
    if (!refusal.has_last_good || at == before_.end() || at->second->snapshot == nullptr) return refusal.origins;
    std::vector<ir::Origin> changed =
        NewOf(refusal.origins, *at->second, status::VersionsOf(*at->second->snapshot), versions);
    return changed.empty() ? refusal.origins : changed;
  });
}

}  // namespace nuncio::app
