#include "nuncio/translate/emissary/traffic_shares.h"

#include <algorithm>

namespace nuncio::translate::emissary {
namespace {

constexpr int64_t kWhole = 100;

// As Python's round() does: halves go to the even neighbour.
int64_t DivideHalfEven(int64_t dividend, int64_t divisor) {
  const int64_t quotient = dividend / divisor, twice = 2 * (dividend % divisor);
  const bool up = twice > divisor || (twice == divisor && quotient % 2 != 0);
  return quotient + (up ? 1 : 0);
}

void Grant(TrafficShares& result, size_t member, int64_t threshold, int64_t& given) {
  threshold = std::min(threshold, kWhole);
  if (threshold <= given) return;
  result.shares.push_back({member, static_cast<uint32_t>(threshold), static_cast<uint32_t>(threshold - given)});
  given = threshold;
}

}  // namespace

TrafficShares ShareTraffic(const std::vector<std::optional<int64_t>>& weights) {
  TrafficShares result;
  int64_t given = 0;
  if (weights.size() == 1) {
    Grant(result, 0, kWhole, given);
    return result;
  }
  std::vector<size_t> weightless;
  int64_t sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!weights[i]) {
      weightless.push_back(i);
    } else if (*weights[i] < 0 || *weights[i] > kWhole) {
      result.out_of_range.push_back(i);
    } else {
      sum = std::min(sum, kWhole) + *weights[i];
      if (sum > kWhole) result.above_hundred.push_back(i);
      Grant(result, i, sum, given);
    }
  }
  if (weightless.empty()) return result;
  const int64_t count = static_cast<int64_t>(weightless.size());
  const int64_t step = DivideHalfEven(kWhole - given, count);
  int64_t threshold = given;
  for (size_t i = 0; i < weightless.size(); ++i) {
    threshold = i + 1 == weightless.size() ? kWhole : threshold + step;
    Grant(result, weightless[i], threshold, given);
  }
  return result;
}

}  // namespace nuncio::translate::emissary
