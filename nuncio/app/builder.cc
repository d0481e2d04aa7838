#include "nuncio/app/builder.h"

#include <ctime>
#include <utility>

#include "nuncio/app/change_log.h"
#include "nuncio/base/log.h"

namespace nuncio::app {

Builder::Builder(translate::Options options, xds::Cache& cache, diag::Metrics& metrics, diag::Health& health)
    : options_(std::move(options)), cache_(cache), metrics_(metrics), health_(health), thread_([this] { Run(); }) {}

Builder::~Builder() {
  Close();
  thread_.join();
}

void Builder::Run() {
  while (const std::optional<Change> change = changes_.Take()) {
    const diag::Health::Work work(health_, diag::Health::Worker::kBuilder);
    Build(*change);
  }
}

void Builder::Build(const Change& change) {
  options_.now = std::time(nullptr);
  const uint64_t number = latest_ == nullptr ? 1 : latest_->number + 1;
  pipeline::GenerationPtr generation = pipeline::Build(change.snapshot, options_, number);
  metrics_.OnGeneration(*generation, change.at);
  cache_.Set(generation->config, number);
  // The log comes after Envoy.
  log::Info(Describe(latest_.get(), *generation));
  LogNewFindings(latest_ == nullptr ? ir::Findings{} : latest_->findings, generation->findings);
  latest_ = std::move(generation);
}

}  // namespace nuncio::app
