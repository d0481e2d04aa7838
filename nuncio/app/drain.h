#pragma once

#include <chrono>

#include "nuncio/app/envoy_admin.h"

namespace nuncio::app {

// The way from serving to silence, without a lost request. Not thread-safe.
//
// 1. Announced: every answer says that its connection ends (Connection: close, GOAWAY), new connections are still
// taken,
//    because whoever sends them here has yet to hear. For `drain_time`.
// 2. Closed: no new connection; what is under way may finish. Until nothing is, at most for `grace`.
// 3. Done.
// An Envoy that cannot be told is done at once. One that does not answer later may be busy: it keeps its time.
// Envoy's documentation: "Draining" and the admin interface's /healthcheck/fail and /drain_listeners.
class Drain {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Phase { kServing, kAnnounced, kClosed, kDone };

  Drain(EnvoyAdmin admin, std::chrono::milliseconds drain_time, std::chrono::milliseconds grace)
      : admin_(std::move(admin)), drain_time_(drain_time), grace_(grace) {}

  void Begin(Time now);
  // Ends the phase that it is in before its time.
  void Hurry(Time now);
  // To be called when `next()` has come.
  void Step(Time now);

  Phase phase() const { return phase_; }
  Time next() const { return next_; }

 private:
  void Close(Time now);

  const EnvoyAdmin admin_;
  const std::chrono::milliseconds drain_time_;
  const std::chrono::milliseconds grace_;
  Phase phase_ = Phase::kServing;
  Time next_{};
  Time deadline_{};  // of the phase
};

}  // namespace nuncio::app
