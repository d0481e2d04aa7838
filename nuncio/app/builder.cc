#include "nuncio/app/builder.h"

#include <chrono>
#include <utility>

#include "nuncio/app/change_log.h"
#include "nuncio/base/log.h"

namespace nuncio::app {

Builder::Builder(translate::Options options, xds::Cache& cache, diag::Metrics& metrics, diag::Health& health,
                 Clock& clock, std::function<void(const pipeline::GenerationPtr&)> on_generation)
    : options_(std::move(options)),
      cache_(cache),
      metrics_(metrics),
      health_(health),
      clock_(clock),
      on_generation_(std::move(on_generation)),
      thread_([this] { Run(); }) {}

Builder::~Builder() {
  Close();
  thread_.join();
}

void Builder::Run() {
  while (true) {
    const std::optional<int64_t> moment = latest_ == nullptr ? std::nullopt : latest_->holds_until;
    const std::optional<Change> change = changes_.TakeBefore(moment, clock_);
    if (changes_.closed()) return;
    const diag::Health::Work work(health_, diag::Health::Worker::kBuilder);
    Build(change.has_value() ? *change : Change{latest_->snapshot, std::chrono::steady_clock::now()});
  }
}

void Builder::Build(const Change& change) {
  options_.now = clock_.Now();
  const uint64_t number = latest_ == nullptr ? 1 : latest_->number + 1;
  pipeline::GenerationPtr generation = pipeline_.Build(change.snapshot, options_, number);
  metrics_.OnGeneration(*generation, change.at);
  cache_.Set(generation->config, number);
  if (on_generation_) on_generation_(generation);
  // The log comes after Envoy.
  log::Info(Describe(latest_.get(), *generation));
  LogNewFindings(latest_ == nullptr ? ir::Findings{} : latest_->findings, generation->findings);
  latest_ = std::move(generation);
}

}  // namespace nuncio::app
