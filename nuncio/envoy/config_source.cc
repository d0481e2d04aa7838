#include "nuncio/envoy/config_source.h"

#include "envoy/config/core/v3/config_source.pb.h"

namespace nuncio::envoy {

void SetAds(pb::ConfigSource* source) {
  // The initial fetch timeout stays at Envoy's 15 s: without one, a route configuration that Envoy refuses would keep
  // its listener, and at start the whole of Envoy, waiting for ever.
  source->mutable_ads();
  source->set_resource_api_version(::envoy::config::core::v3::V3);
}

}  // namespace nuncio::envoy
