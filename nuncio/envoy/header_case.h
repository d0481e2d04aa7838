#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::envoy {

// How header names are written in HTTP/1.1, on either side. Envoy has no list of spellings: with `spellings` it writes
// every name as it received it, which is the nearest that it can do.
void SetHeaderCase(const ir::HeaderCase& header_case, pb::HeaderKeyFormat* format);

}  // namespace nuncio::envoy
