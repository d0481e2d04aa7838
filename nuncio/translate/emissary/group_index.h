#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// Whether a Host takes the routes of a group of Mappings: by its hostname, its mappingSelector, or both
// (reference 3.3).
bool Takes(const ActiveHost& host, const MappingGroup& group, bool strict_selectors);

// The same for all groups at once, without trying each of 10,000 for each of 10,000 Hosts. Immutable once made.
class GroupIndex {
 public:
  // REQUIRES: `groups` outlives the index.
  GroupIndex(const MappingGroups& groups, bool strict_selectors);

  // The numbers of the groups that the Host takes, ascending.
  std::vector<size_t> TakenBy(const ActiveHost& host) const;

 private:
  const MappingGroups& groups_;
  const bool strict_;
  std::unordered_map<std::string_view, std::vector<size_t>> by_name_;  // groups whose glob has no star
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> nameless_by_label_;
  std::vector<size_t> nameless_;
  std::vector<size_t> others_;  // a glob with a star, a regex, every Host
};

}  // namespace nuncio::translate::emissary
