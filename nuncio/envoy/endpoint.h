#pragma once

#include <string>

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::envoy {

// The endpoints of one cluster. Clusters that share an EndpointSet have an assignment each: Envoy asks for a name once,
// and is not sent again what it has, so that a new cluster under an old name would wait for its timeout.
pb::ClusterLoadAssignment MakeLoadAssignment(const std::string& cluster, const std::vector<ir::Endpoint>& endpoints);

}  // namespace nuncio::envoy
