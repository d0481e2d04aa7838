#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {

// Calls `wake` at the earliest time that `next` names; looks again whenever its bell is rung. Both are called by the
// timer's own thread, which ends with it. Whoever rings the bell shares it, and may do so when the timer is gone.
class Timer {
 public:
  // Thread-safe.
  class Bell {
   public:
    void Ring() {
      {
        std::lock_guard lock(mutex_);
        rung_ = true;
      }
      changed_.notify_one();
    }

   private:
    friend class Timer;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false, rung_ = false;
  };

  Timer(std::function<std::optional<Time>()> next, std::function<void()> wake)
      : next_(std::move(next)), wake_(std::move(wake)), thread_([this] { Run(); }) {}
  ~Timer() {
    {
      std::lock_guard lock(bell_->mutex_);
      bell_->ended_ = true;
    }
    bell_->changed_.notify_one();
    thread_.join();
  }
  const std::shared_ptr<Bell>& bell() const { return bell_; }

 private:
  static constexpr std::chrono::milliseconds kPause{20};

  void Run() {
    Bell& bell = *bell_;
    Time woken{};
    std::unique_lock lock(bell.mutex_);
    while (!bell.ended_) {
      bell.rung_ = false;
      lock.unlock();
      const std::optional<Time> next = next_();
      lock.lock();
      const auto stop = [&] { return bell.ended_ || bell.rung_; };
      if (!next.has_value()) {
        bell.changed_.wait(lock, stop);
        continue;
      }
      // A stream that is still writing cannot use its time: it is woken again, but not without pause.
      if (bell.changed_.wait_until(lock, std::max(*next, woken + kPause), stop)) continue;
      woken = std::chrono::steady_clock::now();
      lock.unlock();
      wake_();
      lock.lock();
    }
  }

  const std::function<std::optional<Time>()> next_;
  const std::function<void()> wake_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  std::thread thread_;
};

}  // namespace nuncio::xds
