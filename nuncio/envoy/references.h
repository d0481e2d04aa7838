#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

namespace nuncio::envoy {

// The names that others may refer to: of what was accepted. A reference to anything else is refused, so that a refused
// secret takes with it what cannot be safe without it, and nothing that Envoy is told dangles.
struct References {
  std::unordered_set<std::string> clusters;
  std::unordered_set<std::string> secrets;
  // Another number each time that a cluster is gone: while it stays, no reference that held has come to dangle.
  uint64_t epoch = 1;
};

}  // namespace nuncio::envoy
