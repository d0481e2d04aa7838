#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "nuncio/base/clock.h"

namespace nuncio {

// A clock that a test sets. Thread-safe; one thread waits on it.
class FakeClock : public Clock {
 public:
  explicit FakeClock(int64_t now) : now_(now) {}

  int64_t Now() override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  void WaitUntil(int64_t moment, std::condition_variable& wake, std::unique_lock<std::mutex>& lock) override {
    {
      std::lock_guard own(mutex_);
      if (now_ >= moment) return;
      moment_ = moment;
      wake_ = &wake;
      waiters_mutex_ = lock.mutex();
    }
    asked_.notify_all();
    wake.wait(lock);
  }

  // Wakes whoever waits for a moment.
  void Set(int64_t now) {
    std::condition_variable* wake = nullptr;
    std::mutex* waiters_mutex = nullptr;
    {
      std::lock_guard own(mutex_);
      now_ = now;
      moment_.reset();
      if (wake_ == nullptr) return;
      wake = wake_;
      waiters_mutex = waiters_mutex_;
    }
    // Who has yet to begin its wait holds this lock until then.
    { std::lock_guard begun(*waiters_mutex); }
    wake->notify_all();
  }
  // Blocks until somebody waits for a moment since the time was set; which moment.
  int64_t AwaitedMoment() {
    std::unique_lock own(mutex_);
    asked_.wait(own, [this] { return moment_.has_value(); });
    return *moment_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable asked_;
  int64_t now_;
  std::optional<int64_t> moment_;
  std::condition_variable* wake_ = nullptr;
  std::mutex* waiters_mutex_ = nullptr;
};

}  // namespace nuncio
