#pragma once

#include "nuncio/base/json.h"
#include "nuncio/envoy/config.h"

namespace nuncio::envoy {

// The configuration as a person reads it: {"clusters": [...], "endpoints": [...], "listeners": [...], "routes": [...],
// "secrets": [...]}, each message in protobuf's JSON form with field names as in the .proto, empty lists left out.
// Private keys are replaced by "[redacted]".
Json ToJson(const Config& config);

// A bootstrap that holds the whole configuration without ADS, for `envoy --mode validate`: listeners with their routes,
// certificates and endpoints inline. Unlike ToJson it holds private keys.
Json ToStaticBootstrap(const Config& config);

}  // namespace nuncio::envoy
