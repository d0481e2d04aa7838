#include "nuncio/envoy/config.h"

#include <algorithm>

namespace nuncio::envoy {

std::string_view TypeUrl(ResourceType type) {
  switch (type) {
    case ResourceType::kSecret:
      return "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    case ResourceType::kCluster:
      return "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    case ResourceType::kEndpoints:
      return "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    case ResourceType::kListener:
      return "type.googleapis.com/envoy.config.listener.v3.Listener";
    case ResourceType::kRoutes:
      return "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
  }
  return "";
}

std::vector<ir::Origin> Origins::List() const {
  std::vector<ir::Origin> list = gather_ ? gather_() : std::vector<ir::Origin>{};
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

}  // namespace nuncio::envoy
