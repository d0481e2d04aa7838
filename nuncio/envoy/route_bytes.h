#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nuncio/envoy/memo.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/ir/route.h"

namespace nuncio::envoy {

// Routes as Envoy gets them. 10,000 virtual hosts may share a route, and the next model may have it again: it is made,
// judged and serialized once. Not thread-safe.
class RouteBytes {
 public:
  // The serialized message. Null when Envoy would refuse it; that is reported once for each model. Valid until Sweep().
  // REQUIRES: `known` is that of the model that `round` counts.
  const std::string* Get(const ir::RoutePtr& route, uint64_t round, const References& known, Refusals& refusals);

  // Ends a model.
  void Sweep() { made_.SweepUnheld(); }

 private:
  struct Made {
    std::string bytes;  // empty: not made yet, for no route is empty: it has a match
    std::optional<Violation> violation;
    uint64_t holds_in = 0;     // the epoch in which no reference dangles
    uint64_t reported_in = 0;  // the round
  };
  Memo<ir::Route, Made> made_;
};

}  // namespace nuncio::envoy
