#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/route.h"

namespace nuncio::envoy {

pb::Route MakeRoute(const ir::Route& route);

}  // namespace nuncio::envoy
