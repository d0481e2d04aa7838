#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The listener without its chains, which the caller adds: each is validated on its own.
pb::Listener MakeListener(const ir::Listener& listener);

}  // namespace nuncio::envoy
