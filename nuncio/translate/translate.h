#pragma once

#include <memory>

#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"
#include "nuncio/store/snapshot.h"
#include "nuncio/translate/options.h"

namespace nuncio::translate {

struct Translation {
  ir::Model model;
  ir::Findings findings;  // sorted, without duplicates
  // Unix time in s from which on the same snapshot has other findings, as a certificate's time begins or ends; nullopt:
  // never.
  std::optional<int64_t> holds_until;
};

// Runs every front end over one snapshot after the other. What it remembers of the last one saves work and changes
// nothing that comes out. Not thread-safe; lives as long as the process.
class Translator {
 public:
  Translator();
  ~Translator();

  // The meaning of a snapshot. Cannot fail.
  Translation Translate(store::SnapshotPtr snapshot, const Options& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same, by a Translator that remembers nothing: a pure function, and the definition of what is correct.
Translation Translate(const store::Snapshot& snapshot, const Options& options);

}  // namespace nuncio::translate
