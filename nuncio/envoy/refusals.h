#pragma once

#include <string>
#include <vector>

#include "nuncio/envoy/rules.h"
#include "nuncio/ir/finding.h"

namespace nuncio::envoy {

// What the validator refused, as findings on the objects that it comes from. Not thread-safe; one per Generate.
class Refusals {
 public:
  // `what` names the part that is left out: "the route for prefix /a". Without origins there is nobody to tell but the
  // finding stands, with an empty object.
  void Add(const std::string& what, const std::vector<ir::Origin>& origins, const Violation& violation);

  // Sorted, without duplicates: a route that stands in many virtual hosts is one mistake.
  ir::Findings Take();

 private:
  ir::Findings findings_;
};

}  // namespace nuncio::envoy
