#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "nuncio/pipeline/generation.h"
#include "nuncio/xds/cache.h"

namespace nuncio::diag {

// What the control plane measures of itself, for Prometheus. Thread-safe.
//
// The time from a change to Envoy counts from the file event that its snapshot was read for. A change that a newer one
// overtook before it was built has no generation and is not measured.
class Metrics {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Metrics();
  ~Metrics();

  // Before the generation is handed to the cache, so that its way to Envoy is measured from its beginning.
  void OnGeneration(const pipeline::Generation& generation, Time changed);
  void OnProgress(const xds::Progress& progress, Time now);

  // The text exposition format, with `progress` as it is now.
  std::string Text(const xds::Progress& progress);

 private:
  struct Series;

  std::mutex mutex_;
  std::unique_ptr<Series> series_;
  std::map<uint64_t, Time> unsent_;          // by generation
  std::map<uint64_t, Time> unacknowledged_;  // by generation
  std::array<double, 3> findings_{};         // of the latest generation, by severity
};

}  // namespace nuncio::diag
