#pragma once

#include <memory>

#include "nuncio/envoy/config.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"

namespace nuncio::envoy {

struct Generated {
  ConfigPtr config;
  ir::Findings findings;  // what the validator refused, and was therefore left out
};

// Envoy's configuration for one model after the other. Decides how resources are split: one route configuration for
// each listener's cleartext hosts and one for each TLS chain; endpoints and certificates as types of their own. What it
// remembers of the last model saves work and changes nothing that comes out. Not thread-safe; lives as long as the
// process.
class Generator {
 public:
  Generator();
  ~Generator();

  Generated Generate(const ir::Model& model);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same, by a Generator that remembers nothing: a pure function, and the definition of what is correct.
Generated Generate(const ir::Model& model);

}  // namespace nuncio::envoy
