#pragma once

#include "nuncio/envoy/config.h"
#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// What Envoy gets in pieces over ADS, as one bootstrap that needs no server: routes inside the listeners, endpoints
// inside the clusters, certificates as static secrets that TLS contexts name.
pb::Bootstrap MakeStaticBootstrap(const Config& config);

}  // namespace nuncio::envoy
