#include "nuncio/app/drain.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace nuncio::app {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

double Seconds(std::chrono::duration<double> duration) { return duration.count(); }

}  // namespace

void Drain::Begin(Time now) {
  if (!admin_.Post("/healthcheck/fail")) {
    spdlog::info("Envoy does not answer: nothing to drain");
    phase_ = Phase::kDone;
    return;
  }
  phase_ = Phase::kAnnounced;
  next_ = deadline_ = now + drain_time_;
  spdlog::info("draining: listeners close in {} s, then requests in flight have {} s", Seconds(drain_time_),
               Seconds(grace_));
}

void Drain::Close(Time now) {
  if (!admin_.Post("/drain_listeners")) {
    phase_ = Phase::kDone;
    return;
  }
  phase_ = Phase::kClosed;
  deadline_ = now + grace_;
  next_ = now;
}

void Drain::Hurry(Time now) {
  if (phase_ == Phase::kAnnounced) {
    spdlog::info("asked again: listeners close now");
    Close(now);
  } else if (phase_ == Phase::kClosed) {
    spdlog::warn("asked again: requests in flight are cut");
    phase_ = Phase::kDone;
  }
}

void Drain::Step(Time now) {
  if (phase_ == Phase::kAnnounced && now >= deadline_) Close(now);
  if (phase_ != Phase::kClosed) return;
  const std::optional<uint64_t> active = admin_.ActiveWork();
  if (active.value_or(0) == 0) {
    phase_ = Phase::kDone;
  } else if (now >= deadline_) {
    spdlog::warn("{} requests or connections are still in flight after {} s: they are cut", *active,
                 Seconds(grace_));
    phase_ = Phase::kDone;
  } else {
    next_ = std::min(now + kLookEvery, deadline_);
  }
}

}  // namespace nuncio::app
