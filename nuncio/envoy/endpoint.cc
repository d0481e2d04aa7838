#include "nuncio/envoy/endpoint.h"

#include "envoy/config/endpoint/v3/endpoint.pb.h"

namespace nuncio::envoy {

pb::ClusterLoadAssignment MakeLoadAssignment(const std::string& cluster, const std::vector<ir::Endpoint>& endpoints) {
  pb::ClusterLoadAssignment proto;
  proto.set_cluster_name(cluster);
  if (endpoints.empty()) return proto;
  auto* locality = proto.add_endpoints();
  for (const ir::Endpoint& endpoint : endpoints) {
    auto* address = locality->add_lb_endpoints()->mutable_endpoint()->mutable_address()->mutable_socket_address();
    address->set_address(endpoint.address);
    address->set_port_value(endpoint.port);
  }
  return proto;
}

}  // namespace nuncio::envoy
