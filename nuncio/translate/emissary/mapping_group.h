#pragma once

#include <vector>

#include "nuncio/translate/emissary/usable_mapping.h"

namespace nuncio::translate::emissary {

// The Mappings that match the same requests. Invariant: all agree in everything that decides the match and the
// connection, and `members` holds Mappings that forward, or exactly one that redirects, or nothing.
struct GroupedMappings {
  std::vector<const UsableMapping*> members;  // in visiting order
  const UsableMapping* shadow = nullptr;
  const UsableMapping* first = nullptr;
};

// The group of Mappings that match the same requests (emissary reference 3.4). One that does not fit the first of them
// is left out with an error. REQUIRES: `mappings` is not empty, holds one group_key, and is sorted by place.
GroupedMappings GroupMappings(const std::vector<UsableMappingPtr>& mappings, Report& report);

}  // namespace nuncio::translate::emissary
