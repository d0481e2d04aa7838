#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/route_bytes.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// Where the routes of a virtual host begin in its bytes, and where the last one ends. Empty for a host of few routes.
using RouteMarks = std::vector<uint32_t>;

// Virtual hosts as Envoy gets them. Not thread-safe.
class VirtualHostBytes {
 public:
  // The host as it was in the last model, of which nothing was left out and nothing dangles now.
  struct Earlier {
    const ir::VirtualHost* host = nullptr;  // null: there was none
    std::string_view bytes;
    const RouteMarks* marks = nullptr;
  };
  struct Made {
    std::string_view bytes;  // valid until the next call; empty when the host was refused
    bool whole = false;      // nothing was left out
    RouteMarks marks;
  };

  // The serialized message, less the domains whose numbers are `conflicts`, and less the routes that Envoy would
  // refuse; what is left out is reported. REQUIRES: `known` is that of the model that `round` counts.
  Made Make(const ir::VirtualHost& host, const std::vector<size_t>& conflicts, const Earlier& earlier, uint64_t round,
            const References& known, Refusals& refusals);
  // Ends a model.
  void Sweep() { routes_.Sweep(); }

 private:
  bool AppendRoutes(const ir::VirtualHost& host, const Earlier& earlier, uint64_t round, const References& known,
                    Refusals& refusals, RouteMarks& marks);

  RouteBytes routes_;
  std::string bytes_;
};

}  // namespace nuncio::envoy
