#include "nuncio/translate/emissary/taken_groups.h"

#include "nuncio/translate/emissary/group_index.h"

namespace nuncio::translate::emissary {

bool TakenGroups::Update(const std::vector<ActiveHost>& hosts, uint64_t hosts_round, const MappingGroups& groups,
                         uint64_t layout, bool strict_selectors) {
  if (hosts_round == hosts_round_ && layout == layout_) return false;
  hosts_round_ = hosts_round;
  layout_ = layout;
  groups_.clear();
  group_ends_.clear();
  group_ends_.reserve(hosts.size());
  const GroupIndex index(groups, strict_selectors);
  for (const ActiveHost& host : hosts) {
    for (const size_t group : index.TakenBy(host)) groups_.push_back(static_cast<uint32_t>(group));
    group_ends_.push_back(groups_.size());
  }
  Invert(groups.size());
  return true;
}

// Counts how many take each group, then puts each Host where those before it end.
void TakenGroups::Invert(size_t group_count) {
  std::vector<size_t> next(group_count + 1);
  for (const uint32_t group : groups_) ++next[group + 1];
  for (size_t group = 0; group < group_count; ++group) next[group + 1] += next[group];
  host_ends_.assign(next.begin() + 1, next.end());
  hosts_.resize(groups_.size());
  for (size_t host = 0; host < group_ends_.size(); ++host) {
    for (const uint32_t group : groups_of(host)) hosts_[next[group]++] = static_cast<uint32_t>(host);
  }
}

}  // namespace nuncio::translate::emissary
