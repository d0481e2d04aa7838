#pragma once

#include <vector>

#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// What the listeners led to, by number.
struct Reached {
  bool any_listener = false;
  std::vector<bool> hosts;   // taken by some listener
  std::vector<bool> groups;  // taken by such a Host
};

// What no request can get to, and what it takes to say why.
struct Unreached {
  bool any_listener = false;
  std::vector<const ActiveHost*> hosts;
  std::vector<const ActiveHost*> choosy;  // with a mappingSelector
  std::vector<size_t> groups;
};

Unreached FindUnreached(const Reached& reached, const std::vector<ActiveHost>& hosts, const MappingGroups& groups);

// Tells the owners, and what to do about it. Emissary leaves them out in silence.
void ReportUnreached(Context& context, const Unreached& unreached, const MappingGroups& groups);

}  // namespace nuncio::translate::emissary
