#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "nuncio/app/envoy_admin.h"
#include "nuncio/diag/health.h"
#include "nuncio/ir/finding.h"
#include "nuncio/xds/cache.h"

namespace nuncio::app {

// The thread that follows how far Envoy is: it logs what Envoy refuses and what it refuses no longer, tells health, and
// asks Envoy whether its clusters are warm while somebody waits for that. An Envoy that does not answer is asked again.
class EnvoyFollower {
 public:
  EnvoyFollower(EnvoyAdmin admin, xds::Cache& cache, diag::Health& health);
  ~EnvoyFollower();

  // The cache's progress changed. From any thread.
  void OnProgress();

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  bool Wait();
  void Follow();
  void LogRefusals(const std::vector<xds::Refusal>& refusals);
  void AskWhetherWarm(const xds::Progress& progress);

  const EnvoyAdmin admin_;
  xds::Cache& cache_;
  diag::Health& health_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool pending_ = false;

  // Of the thread alone.
  std::chrono::milliseconds ask_again_{0};  // 0: nobody waits
  bool was_warm_ = false;
  std::vector<xds::Refusal> refusals_;

  std::thread thread_;
};

}  // namespace nuncio::app
