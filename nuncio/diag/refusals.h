#pragma once

#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/xds/cache.h"

namespace nuncio::diag {

// What Envoy refused, as a finding (code::kEnvoyRefused, an error) on every object that the refused resource came from.
// Sorted, without duplicates. A refused resource that no object owns gives a finding without an object.
ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals);

}  // namespace nuncio::diag
