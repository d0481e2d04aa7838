#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/tls.h"

namespace nuncio::envoy {

// Certificates and authorities are named here and arrive by SDS. TLS below 1.2 is spoken only where the model asks for
// it.
pb::DownstreamTlsContext MakeDownstreamTls(const ir::DownstreamTls& tls);
pb::UpstreamTlsContext MakeUpstreamTls(const ir::UpstreamTls& tls);

}  // namespace nuncio::envoy
