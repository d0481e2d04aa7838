#pragma once

#include "nuncio/envoy/config.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"

namespace nuncio::envoy {

struct Generated {
  ConfigPtr config;
  ir::Findings findings;  // what the validator refused, and was therefore left out
};

// Envoy's configuration for a model. Decides how resources are split: one route configuration for each listener's
// cleartext hosts and one for each TLS chain; endpoints and certificates as types of their own. A pure function.
Generated Generate(const ir::Model& model);

}  // namespace nuncio::envoy
