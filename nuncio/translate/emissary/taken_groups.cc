#include "nuncio/translate/emissary/taken_groups.h"

#include "nuncio/translate/emissary/group_index.h"

namespace nuncio::translate::emissary {

void TakenGroups::Update(const std::vector<ActiveHost>& hosts, uint64_t hosts_round, const MappingGroups& groups,
                         uint64_t layout, bool strict_selectors) {
  if (hosts_round == hosts_round_ && layout == layout_) return;
  hosts_round_ = hosts_round;
  layout_ = layout;
  groups_.assign(hosts.size(), {});
  numbers_.assign(hosts.size(), {});
  const GroupIndex index(groups, strict_selectors);
  for (size_t host = 0; host < hosts.size(); ++host) {
    numbers_[host] = index.TakenBy(hosts[host]);
    groups_[host].reserve(numbers_[host].size());
    for (const size_t group : numbers_[host]) groups_[host].push_back(groups[group]);
  }
}

}  // namespace nuncio::translate::emissary
