#include "nuncio/app/backoff.h"

#include <algorithm>

namespace nuncio::app {

std::chrono::milliseconds Backoff::NextDelay(std::chrono::milliseconds lived) {
  constexpr double kJitter = 0.2;
  if (lived >= limits_.while_lived || next_.count() == 0) next_ = limits_.first;
  const std::chrono::milliseconds delay = next_;
  next_ = std::min(next_ * 2, limits_.longest);
  const double factor = 1 + kJitter * (2 * chance_() - 1);
  return std::chrono::milliseconds(static_cast<int64_t>(static_cast<double>(delay.count()) * factor));
}

}  // namespace nuncio::app
