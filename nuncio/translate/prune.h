#pragma once

#include "nuncio/ir/model.h"

namespace nuncio::translate {

// Removes the upstreams, endpoint sets and secrets that nothing in the listeners leads to, for example those of a
// Mapping that no Host takes: Envoy is to keep nothing that no request can need.
void Prune(ir::Model& model);

}  // namespace nuncio::translate
