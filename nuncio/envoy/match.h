#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/match.h"

namespace nuncio::envoy {

pb::RouteMatch MakeRouteMatch(const ir::RouteMatch& match);

}  // namespace nuncio::envoy
