#pragma once

#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/translate/emissary/mapping_group.h"

namespace nuncio::translate::emissary {

// The routes of one group: one for each member that gets a share of the traffic, each with the match of the group. The
// last threshold of 100 needs no share and has none. Adds the upstreams that they need, and the mirror's, to the model.
std::vector<ir::RoutePtr> RoutesOf(Context& context, const GroupedMappings& group);

}  // namespace nuncio::translate::emissary
