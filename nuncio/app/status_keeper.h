#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "nuncio/app/last_good.h"
#include "nuncio/app/served_names.h"
#include "nuncio/pipeline/generation.h"
#include "nuncio/status/object_status.h"
#include "nuncio/status/statuses.h"
#include "nuncio/xds/cache.h"

namespace nuncio::app {

// The thread that says what the status of each object is to be, while this replica is the one that writes it. Changes
// are gathered: what Envoy acknowledges within kGather is told as done, not as pending first, and there is at most one
// telling in kBetween. A replica whose Envoy has acknowledged nothing yet knows nothing, and does not even compete for
// the right to write: it would call pending what others serve. All methods may be called from any thread.
class StatusKeeper {
 public:
  using Duration = std::chrono::milliseconds;
  static constexpr Duration kGather{200};
  static constexpr Duration kBetween{1'000};
  // Generations that Envoy has not acknowledged yet are kept, but not more than these, the newest.
  static constexpr size_t kMostGenerations = 8;

  // What it calls, on its thread.
  struct Calls {
    std::function<xds::Progress()> progress;                       // how far Envoy is
    std::function<void()> compete;                                 // once, when there is something to say
    std::function<void(std::vector<status::ObjectStatus>)> write;  // all statuses
  };

  StatusKeeper(std::string ambassador_id, Calls calls, Duration gather = kGather, Duration between = kBetween);
  ~StatusKeeper();

  void OnGeneration(pipeline::GenerationPtr generation);
  // Progress changed.
  void OnProgress();
  void OnLeading(bool leading);

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  bool Wait(std::unique_lock<std::mutex>& lock);
  void Tell(const std::deque<pipeline::GenerationPtr>& generations, bool leading);

  const std::string ambassador_id_;
  const Calls calls_;
  const Duration gather_, between_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool leading_ = false;
  bool competing_ = false;
  std::optional<Clock::time_point> dirty_;  // since then
  std::deque<pipeline::GenerationPtr> generations_;

  // Of the thread alone.
  Clock::time_point told_at_;
  uint64_t acknowledged_number_ = 0;
  std::shared_ptr<const status::Acknowledged> acknowledged_ = std::make_shared<status::Acknowledged>();
  LastGood last_good_;
  ServedNames served_;

  std::thread thread_;
};

}  // namespace nuncio::app
