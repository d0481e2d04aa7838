#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::envoy {

// `http2` tells what the endpoints speak.
pb::HealthCheck MakeHealthCheck(const ir::HealthCheck& check, bool http2);

}  // namespace nuncio::envoy
