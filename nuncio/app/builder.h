#pragma once

#include <functional>
#include <thread>

#include "nuncio/app/manifest_source.h"
#include "nuncio/base/clock.h"
#include "nuncio/base/sync.h"
#include "nuncio/diag/health.h"
#include "nuncio/diag/metrics.h"
#include "nuncio/pipeline/generation.h"
#include "nuncio/translate/options.h"
#include "nuncio/xds/cache.h"

namespace nuncio::app {

// The thread that makes a generation of the newest snapshot and hands it to the cache. It starts the moment that there
// is one, without a delay; what comes while it works waits for the next generation, only the newest of it. When a
// certificate's time begins or ends, it makes a generation of the same snapshot.
class Builder {
 public:
  // `on_generation`, if there is one, is called on this thread once the cache has it.
  Builder(translate::Options options, xds::Cache& cache, diag::Metrics& metrics, diag::Health& health,
          Clock& clock = SystemClock(), std::function<void(const pipeline::GenerationPtr&)> on_generation = nullptr);
  ~Builder();

  void Put(Change change) { changes_.Put(std::move(change)); }
  // Nothing is built from here on; the configuration stays as it is. What comes later is dropped.
  void Close() { changes_.Close(); }

 private:
  void Run();
  void Build(const Change& change);

  translate::Options options_;
  xds::Cache& cache_;
  diag::Metrics& metrics_;
  diag::Health& health_;
  Clock& clock_;
  const std::function<void(const pipeline::GenerationPtr&)> on_generation_;
  Latest<Change> changes_;
  pipeline::Pipeline pipeline_;     // of the thread alone
  pipeline::GenerationPtr latest_;  // of the thread alone
  std::thread thread_;
};

}  // namespace nuncio::app
