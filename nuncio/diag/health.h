#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "nuncio/xds/cache.h"

namespace nuncio::diag {

// The answers to "alive?" and "ready?". Everybody reports what he sees, nobody decides elsewhere. Thread-safe.
//
// Ready: the first generation was acknowledged by Envoy and its clusters were warm once, Envoy says now that it is
// ready (its own state after a restart counts until everything it was sent is warm), and no drain has begun. Alive: no
// thread has been at one piece of work for longer than the limit. Waiting for work is no work.
class Health {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Worker { kSource, kBuilder, kObserver };
  static constexpr std::chrono::seconds kLongestWork{60};

  // Marks a piece of work for as long as it lives.
  class Work {
   public:
    Work(Health& health, Worker worker, Time now = std::chrono::steady_clock::now());
    ~Work();
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    Health& health_;
    Worker worker_;
  };

  // `envoy_ready` asks Envoy; it may block, for a second at most, and is called on the thread of Unready().
  explicit Health(std::function<bool()> envoy_ready) : envoy_ready_(std::move(envoy_ready)) {}

  void OnSourceProblem(const std::string& problem);  // empty: there is none any more
  void OnProgress(const xds::Progress& progress);
  void OnWarm();
  void OnDrain();

  // Why it is not ready, in one line; nullopt when it is.
  std::optional<std::string> Unready() const;
  // Why it is not alive, in one line; nullopt when it is.
  std::optional<std::string> Dead(Time now) const;

 private:
  static constexpr size_t kWorkers = 3;

  const std::function<bool()> envoy_ready_;
  mutable std::mutex mutex_;
  std::string source_problem_;
  bool built_ = false;
  bool acknowledged_ = false;
  bool warm_ = false;
  bool draining_ = false;
  std::array<std::optional<Time>, kWorkers> busy_since_;
};

}  // namespace nuncio::diag
