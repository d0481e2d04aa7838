#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The virtual host without its routes, which the caller adds: each is validated on its own. With `advertises_http3`
// responses tell the client about HTTP/3 on port 443 ("emissary reference" 3.11).
pb::VirtualHost MakeVirtualHost(const ir::VirtualHost& host, bool advertises_http3);

}  // namespace nuncio::envoy
