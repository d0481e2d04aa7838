#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nuncio::translate::emissary {

// How the members of a group share its traffic (emissary reference 3.5).
struct TrafficShare {
  size_t member = 0;       // index into the weights that were given
  uint32_t threshold = 0;  // percent of the requests that reach this member or one before it, 1..100
  uint32_t percent = 0;    // its own part, above 0
};
struct TrafficShares {
  std::vector<TrafficShare> shares;   // explicit weights first, in order, then those without; none for a part of 0
  std::vector<size_t> above_hundred;  // members whose weight takes the sum above 100: they get what is left
  std::vector<size_t> out_of_range;   // members whose weight is not in 0..100: they get nothing
};

// One member gets everything, whatever its weight. Of several, members without a weight share what the others leave.
TrafficShares ShareTraffic(const std::vector<std::optional<int64_t>>& weights);

}  // namespace nuncio::translate::emissary
