#pragma once

#include <cstdint>
#include <vector>

#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// The groups of Mappings that each Host takes. Remembered as long as neither the Hosts nor what they choose groups by
// changes. Not thread-safe; lives as long as the process.
class TakenGroups {
 public:
  // `hosts_round` and `layout` are others whenever the arguments before them are.
  void Update(const std::vector<ActiveHost>& hosts, uint64_t hosts_round, const MappingGroups& groups, uint64_t layout,
              bool strict_selectors);

  // By the number of the Host: the groups, in order, and their numbers.
  const MappingGroups& of(size_t host) const { return groups_[host]; }
  const std::vector<size_t>& numbers_of(size_t host) const { return numbers_[host]; }

 private:
  uint64_t hosts_round_ = 0;
  uint64_t layout_ = 0;
  std::vector<MappingGroups> groups_;
  std::vector<std::vector<size_t>> numbers_;
};

}  // namespace nuncio::translate::emissary
