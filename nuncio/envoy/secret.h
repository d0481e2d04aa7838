#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/tls.h"

namespace nuncio::envoy {

pb::Secret MakeSecret(const ir::Secret& secret);

}  // namespace nuncio::envoy
