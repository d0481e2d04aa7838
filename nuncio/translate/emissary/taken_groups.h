#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// The groups of Mappings that each Host takes, and the Hosts that take each group, by number. Remembered as long as
// neither the Hosts nor what they choose groups by changes. Not thread-safe; lives as long as the process.
class TakenGroups {
 public:
  // `hosts_round` and `layout` are others whenever the arguments before them are. Returns whether anything was remade.
  bool Update(const std::vector<ActiveHost>& hosts, uint64_t hosts_round, const MappingGroups& groups, uint64_t layout,
              bool strict_selectors);

  // Ascending, which is the order of routes. Valid until the next update.
  std::span<const uint32_t> groups_of(size_t host) const { return At(groups_, group_ends_, host); }
  std::span<const uint32_t> hosts_of(size_t group) const { return At(hosts_, host_ends_, group); }

 private:
  static std::span<const uint32_t> At(const std::vector<uint32_t>& all, const std::vector<size_t>& ends, size_t at) {
    const size_t begin = at == 0 ? 0 : ends[at - 1];
    return std::span(all).subspan(begin, ends[at] - begin);
  }
  void Invert(size_t group_count);

  uint64_t hosts_round_ = 0;
  uint64_t layout_ = 0;
  // One list after the other, and where each ends.
  std::vector<uint32_t> groups_, hosts_;
  std::vector<size_t> group_ends_, host_ends_;
};

}  // namespace nuncio::translate::emissary
