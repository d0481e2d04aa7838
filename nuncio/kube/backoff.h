#pragma once

#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// How long to wait before the next attempt: 800 ms, doubled up to 30 s, each stretched by up to as much again by
// chance, so that replicas do not come back in step. Two minutes without a failure begin anew. The numbers are those of
// client-go's reflector, which API servers are sized for.
class Backoff {
 public:
  static constexpr Duration kFirst{800};
  static constexpr Duration kLongest{30'000};
  static constexpr Duration kHealthy{120'000};

  // `random` is in [0, 1).
  Duration Next(Time now, double random) {
    if (failed_ && now - last_ > kHealthy) step_ = kFirst;
    failed_ = true;
    const Duration delay(static_cast<Duration::rep>(static_cast<double>(step_.count()) * (1 + random)));
    last_ = now + delay;
    step_ = std::min(step_ * 2, kLongest);
    return delay;
  }

 private:
  Duration step_ = kFirst;
  bool failed_ = false;
  Time last_;
};

}  // namespace nuncio::kube
