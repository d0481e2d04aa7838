#pragma once

#include <chrono>
#include <functional>

namespace nuncio::app {

// How long to wait before something that ended is started again: longer from time to time, with a fifth of chance so
// that replicas do not move in step, and from the beginning again once it has lived for a while. Not thread-safe.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds first{10};
    std::chrono::milliseconds longest{15'000};
    std::chrono::milliseconds while_lived{30'000};  // a life this long forgives what was before
  };

  // `chance` returns numbers from 0 to 1.
  Backoff(const Limits& limits, std::function<double()> chance) : limits_(limits), chance_(std::move(chance)) {}

  // To be called once for each end; `lived` is the time since the start that came before it.
  std::chrono::milliseconds NextDelay(std::chrono::milliseconds lived);

 private:
  const Limits limits_;
  const std::function<double()> chance_;
  std::chrono::milliseconds next_{0};  // 0: at the beginning
};

}  // namespace nuncio::app
