#include "nuncio/pipeline/generation.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nuncio::pipeline {
namespace {

// Both together, sorted and without duplicates.
ir::Findings Merge(ir::Findings findings, ir::Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::sort(findings.begin(), findings.end());
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  return findings;
}

}  // namespace

GenerationPtr Pipeline::Build(store::SnapshotPtr snapshot, const translate::Options& options, uint64_t number) {
  const auto start = std::chrono::steady_clock::now();
  auto generation = std::make_shared<Generation>();
  translate::Translation translation = translator_.Translate(snapshot, options);
  envoy::Generated generated = generator_.Generate(translation.model);

  generation->number = number;
  generation->snapshot = std::move(snapshot);
  generation->model = std::make_shared<const ir::Model>(std::move(translation.model));
  generation->findings = Merge(std::move(translation.findings), std::move(generated.findings));
  generation->config = std::move(generated.config);
  generation->holds_until = translation.holds_until;
  generation->build_time =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  return generation;
}

GenerationPtr Build(store::SnapshotPtr snapshot, const translate::Options& options, uint64_t number) {
  return Pipeline().Build(std::move(snapshot), options, number);
}

}  // namespace nuncio::pipeline
