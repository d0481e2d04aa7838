#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The virtual host without its routes, which the caller adds: each is validated on its own.
pb::VirtualHost MakeVirtualHost(const ir::VirtualHost& host);

}  // namespace nuncio::envoy
