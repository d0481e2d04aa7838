#pragma once

#include "nuncio/base/json.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/model.h"

namespace nuncio::ir {

// The model as a person reads it: members that hold their default are left out, durations read "3s" or "250ms", origins
// "Mapping default/quote". Private keys are replaced by "[redacted]". Canonical: equal models give equal text.
Json ToJson(const Model& model);
Json ToJson(const Finding& finding);
Json ToJson(const Findings& findings);

// "error", "warning", "notice".
const char* ToText(Severity severity);

}  // namespace nuncio::ir
