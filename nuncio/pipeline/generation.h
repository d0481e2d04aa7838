#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "nuncio/envoy/generate.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"
#include "nuncio/store/snapshot.h"
#include "nuncio/translate/translate.h"

namespace nuncio::pipeline {

// One consistent answer to "what is configured": the objects, what they mean, what is wrong with them and what Envoy
// gets. Immutable; the one value that crosses threads. Whoever holds one can explain everything that was served from
// it.
struct Generation {
  uint64_t number = 0;
  store::SnapshotPtr snapshot;
  ir::ModelPtr model;
  ir::Findings findings;  // sorted, without duplicates
  envoy::ConfigPtr config;
  std::optional<int64_t> holds_until;  // as in translate::Translation
  std::chrono::microseconds build_time{0};
};

using GenerationPtr = std::shared_ptr<const Generation>;

// Builds one generation after the other. What it remembers of the last one saves work and changes nothing that comes
// out: a build costs what has changed, and one step for each object. Not thread-safe; lives as long as the process.
class Pipeline {
 public:
  // Equal inputs give equal model, findings and config, whatever came before and in whatever order objects arrived.
  // Cannot fail: what is wrong becomes a finding.
  GenerationPtr Build(store::SnapshotPtr snapshot, const translate::Options& options, uint64_t number);

 private:
  translate::Translator translator_;
  envoy::Generator generator_;
};

// The same, by a Pipeline that remembers nothing: a pure function, and the definition of what is correct.
GenerationPtr Build(store::SnapshotPtr snapshot, const translate::Options& options, uint64_t number);

}  // namespace nuncio::pipeline
