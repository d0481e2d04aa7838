#pragma once

#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"
#include "nuncio/store/snapshot.h"
#include "nuncio/translate/options.h"

namespace nuncio::translate {

struct Translation {
  ir::Model model;
  ir::Findings findings;  // sorted, without duplicates
};

// The meaning of a snapshot: runs every front end, in a fixed order. A pure function that cannot fail.
Translation Translate(const store::Snapshot& snapshot, const Options& options);

}  // namespace nuncio::translate
