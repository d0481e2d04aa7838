#pragma once

#include <set>
#include <string>

namespace nuncio::envoy {

// The names that others may refer to: of what was accepted. A reference to anything else is refused, so that a refused
// secret takes with it what cannot be safe without it, and nothing that Envoy is told dangles.
struct References {
  std::set<std::string, std::less<>> clusters;
  std::set<std::string, std::less<>> secrets;
};

}  // namespace nuncio::envoy
