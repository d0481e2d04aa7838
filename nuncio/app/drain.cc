#include "nuncio/app/drain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

double Seconds(std::chrono::duration<double> duration) { return duration.count(); }

}  // namespace

void Drain::Begin(Time now) {
  if (!admin_.Post("/healthcheck/fail")) {
    log::Info("Envoy does not answer: nothing to drain");
    phase_ = Phase::kDone;
    return;
  }
  phase_ = Phase::kAnnounced;
  next_ = deadline_ = now + drain_time_;
  log::Info(absl::StrCat("draining: listeners close in ", Seconds(drain_time_), " s, then requests in flight have ",
                         Seconds(grace_), " s"));
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
    log::Info("asked again: listeners close now");
    Close(now);
  } else if (phase_ == Phase::kClosed) {
    log::Warning("asked again: requests in flight are cut");
    phase_ = Phase::kDone;
  }
}

void Drain::Step(Time now) {
  if (phase_ == Phase::kAnnounced && now >= deadline_) Close(now);
  if (phase_ != Phase::kClosed) return;
  const std::optional<uint64_t> active = admin_.ActiveWork();
  if (active == 0u) {
    phase_ = Phase::kDone;
  } else if (now >= deadline_) {
    const std::string count = active.has_value() ? absl::StrCat(*active) : "an unknown number of";
    log::Warning(absl::StrCat(count, " requests or connections are still in flight after ", Seconds(grace_),
                              " s: they are cut"));
    phase_ = Phase::kDone;
  } else {
    next_ = std::min(now + kLookEvery, deadline_);
  }
}

}  // namespace nuncio::app
