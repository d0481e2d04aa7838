#include "nuncio/translate/model_pool.h"

#include <algorithm>
#include <utility>

namespace nuncio::translate {

ir::UpstreamPtr ModelPool::Intern(ir::Upstream upstream) {
  Entry& entry = upstreams_[upstream.id];
  if (entry.bare == nullptr) {
    upstream.origins.clear();
    entry.bare = std::make_shared<const ir::Upstream>(std::move(upstream));
  }
  return entry.bare;
}

void ModelPool::Complete(Gathered& gathered) {
  Entry& entry = *gathered.entry;
  const bool same = entry.complete != nullptr &&
                    std::equal(entry.origins.begin(), entry.origins.end(), gathered.origins.begin(),
                               gathered.origins.end(), [](const auto& a, const auto* b) { return a == *b; });
  if (same) return;
  auto complete = std::make_shared<ir::Upstream>(*entry.bare);
  entry.origins.clear();
  entry.origins.reserve(gathered.origins.size());
  for (const auto* origin : gathered.origins) entry.origins.push_back(*origin);
  auto sorted = entry.origins;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return *a < *b; });
  complete->origins.reserve(sorted.size());
  for (const auto& origin : sorted) {
    if (complete->origins.empty() || complete->origins.back() != *origin) complete->origins.push_back(*origin);
  }
  // Objects may be read anew and come to the same.
  if (entry.complete == nullptr || entry.complete->origins != complete->origins) entry.complete = std::move(complete);
}

std::vector<ir::UpstreamPtr> ModelPool::WithOrigins(const std::vector<const UpstreamUse*>& uses) {
  std::unordered_map<const ir::Upstream*, Gathered> by_upstream;
  for (const UpstreamUse* use : uses) by_upstream[use->upstream.get()].origins.push_back(&use->origin);
  std::vector<ir::UpstreamPtr> complete;
  complete.reserve(by_upstream.size());
  for (auto& [id, entry] : upstreams_) {
    const auto at = by_upstream.find(entry.bare.get());
    if (at == by_upstream.end()) continue;
    entry.round = round_;
    at->second.entry = &entry;
    Complete(at->second);
    complete.push_back(entry.complete);
  }
  return complete;
}

void ModelPool::Sweep() {
  std::erase_if(upstreams_,
                [&](const auto& each) { return each.second.round != round_ && each.second.bare.use_count() == 1; });
  ++round_;
}

}  // namespace nuncio::translate
