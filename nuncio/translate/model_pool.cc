#include "nuncio/translate/model_pool.h"

#include <algorithm>
#include <iterator>
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

// Returns whether the origins are others than they were. Uses come in an order of their own: what stands between those
// that stayed at the front and at the back is what came and went.
bool ModelPool::Follow(Entry& entry, const std::vector<const std::shared_ptr<const ir::Origin>*>& now) {
  constexpr size_t kFew = 64;  // are moved one by one; more are sorted
  const auto same = [](const auto& a, const auto* b) { return a == *b; };
  const auto less = [](const auto& a, const auto& b) { return *a < *b; };
  OriginList& before = entry.origins;
  const auto front = std::mismatch(before.begin(), before.end(), now.begin(), now.end(), same);
  if (front.first == before.end() && front.second == now.end()) return false;
  const auto back = std::mismatch(before.rbegin(), std::make_reverse_iterator(front.first), now.rbegin(),
                                  std::make_reverse_iterator(front.second), same);
  const auto place = front.first - before.begin();
  const OriginList gone(front.first, back.first.base());
  OriginList come;
  for (auto at = front.second; at != back.second.base(); ++at) come.push_back(**at);
  before.erase(front.first, back.first.base());
  before.insert(before.begin() + place, come.begin(), come.end());
  if (gone.size() + come.size() > kFew) {
    entry.sorted = before;
    std::sort(entry.sorted.begin(), entry.sorted.end(), less);
    return true;
  }
  OriginList& sorted = entry.sorted;
  for (const auto& each : gone) sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), each, less));
  for (const auto& each : come) sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), each, less), each);
  return true;
}

void ModelPool::Complete(Gathered& gathered) {
  Entry& entry = *gathered.entry;
  if (!Follow(entry, gathered.origins) && entry.complete != nullptr) return;
  auto complete = std::make_shared<ir::Upstream>(*entry.bare);
  complete->origins.reserve(entry.sorted.size());
  for (const auto& origin : entry.sorted) {
    if (complete->origins.empty() || *complete->origins.back() != *origin) complete->origins.push_back(origin);
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
