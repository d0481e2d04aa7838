#pragma once

#include "nuncio/envoy/bootstrap.h"
#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// Envoy's advice for the edge: memory is given back at 95% of the heap, requests are refused at 98%, and the number of
// connections is bounded. Without max_heap_bytes only the last.
void SetOverloadManager(const BootstrapOptions& options, pb::Bootstrap* proto);

}  // namespace nuncio::envoy
