#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "nuncio/envoy/config.h"
#include "nuncio/xds/transition.h"

namespace nuncio::xds {

// Whether the reason for a refusal may pass although nothing changes here: another process has the listener's port.
// Those are the kernel's words, as Envoy passes them on.
inline bool MayPass(envoy::ResourceType type, const std::string& error) {
  return type == envoy::ResourceType::kListener && error.find("Address already in use") != std::string::npos;
}

// When such a resource is offered again: a second after it was refused, then after twice as long each time, at most a
// minute. Not thread-safe.
class Retry {
 public:
  void OnRefused() {
    pause_ = pause_.count() == 0 ? kFirst : std::min(pause_ * 2, kLongest);
    at_.reset();
    offered_ = false;
  }
  // Starts the pause when it has not begun. True once when it is over.
  bool TakeDue(Time now) {
    if (offered_) return false;
    if (!at_.has_value()) at_ = now + pause_;
    if (now < *at_) return false;
    at_.reset();
    return offered_ = true;
  }
  bool offered() const { return offered_; }  // and not answered yet
  std::optional<Time> at() const { return at_; }

 private:
  static constexpr std::chrono::milliseconds kFirst{1000};
  static constexpr std::chrono::milliseconds kLongest{60'000};

  std::chrono::milliseconds pause_{0};
  std::optional<Time> at_;
  bool offered_ = false;
};

}  // namespace nuncio::xds
