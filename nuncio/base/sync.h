#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "nuncio/base/clock.h"

namespace nuncio {

// A slot that holds the latest value only: a writer never waits, a reader that was away sees the newest. Thread-safe.
template <typename T>
class Latest {
 public:
  void Put(T value) {
    {
      std::lock_guard lock(mutex_);
      value_ = std::move(value);
    }
    changed_.notify_one();
  }
  // Blocks for a value that nobody has taken. nullopt after Close().
  std::optional<T> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || value_.has_value(); });
    if (closed_) return std::nullopt;
    return std::exchange(value_, std::nullopt);
  }
  // The same until that moment, Unix time in s, without one for ever: nullopt from then on, too.
  std::optional<T> TakeBefore(std::optional<int64_t> moment, Clock& clock) {
    std::unique_lock lock(mutex_);
    while (!closed_ && !value_.has_value()) {
      if (!moment.has_value()) {
        changed_.wait(lock);
      } else if (clock.Now() < *moment) {
        clock.WaitUntil(*moment, changed_, lock);
      } else {
        return std::nullopt;
      }
    }
    if (closed_) return std::nullopt;
    return std::exchange(value_, std::nullopt);
  }
  bool closed() {
    std::lock_guard lock(mutex_);
    return closed_;
  }
  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
  bool closed_ = false;
};

}  // namespace nuncio
