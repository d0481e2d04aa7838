#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::envoy {

// With EndpointDiscovery the endpoints arrive by EDS under the cluster's own name; with the others they are inline.
pb::Cluster MakeCluster(const ir::Upstream& upstream);

}  // namespace nuncio::envoy
