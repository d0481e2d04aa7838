#pragma once

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

// The meaning of a snapshot: runs every front end, in a fixed order. A pure function that cannot fail.
Translation Translate(const store::Snapshot& snapshot, const Options& options);

}  // namespace nuncio::translate
