#pragma once

#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// Appends what a security model and an insecure action make of the routes of a group (reference 3.2), for a Host of
// this action behind a Listener of this model. Each variant of a route is made once, and shared by every virtual host
// that has it for as long as the group lives.
void AppendRoutes(const MappingGroup& group, resource::SecurityModel model, resource::InsecureAction action,
                  std::vector<ir::RoutePtr>& routes);

}  // namespace nuncio::translate::emissary
