#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/ir/finding.h"
#include "nuncio/pipeline/generation.h"

namespace nuncio::app {

// How many resources of one type differ between two configurations.
struct Difference {
  size_t added = 0, changed = 0, removed = 0;
  bool operator==(const Difference&) const = default;
};

Difference Compare(const std::vector<envoy::ResourcePtr>& before, const std::vector<envoy::ResourcePtr>& after);

// "generation 3: clusters +1, routes ~2; 1 error, 0 warnings, 4 notices; built in 3.2 ms". `before` may be null.
std::string Describe(const pipeline::Generation* before, const pipeline::Generation& after);

// Those of `after` that say something that none of `before` said. The line of an object in its file says nothing: an
// edit above it moves it.
ir::Findings NewFindings(const ir::Findings& before, const ir::Findings& after);

// "secret-missing: Host default/web (hosts.yaml:3) spec.tlsSecret.name: no such Secret". One line, whatever the object
// says of itself.
std::string Describe(const ir::Finding& finding);

// Logs the findings that are new, by their severity: the first hundred, then how many there are.
void LogNewFindings(const ir::Findings& before, const ir::Findings& after);

}  // namespace nuncio::app
