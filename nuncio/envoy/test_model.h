#pragma once

#include "nuncio/ir/model.h"

namespace nuncio::envoy {

// A model in which every member of the IR that reaches Envoy is set somewhere: what Envoy must take as a whole.
ir::Model RichModel();

}  // namespace nuncio::envoy
