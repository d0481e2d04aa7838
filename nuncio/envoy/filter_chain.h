#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

pb::FilterChain MakeFilterChain(const ir::Listener& listener, const ir::FilterChain& chain);

}  // namespace nuncio::envoy
