#pragma once

#include <functional>
#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/xds/cache.h"

namespace nuncio::diag {

// What Envoy refused, as a finding (code::kEnvoyRefused, an error) on every object that the refused resource came from.
// Sorted, without duplicates. A refused resource that no object owns gives a finding without an object.
ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals);

// The same, but of the objects of a refused resource only on those that `suspects` names.
using Suspects = std::function<std::vector<ir::Origin>(const xds::Refusal&)>;
ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals, const Suspects& suspects);

}  // namespace nuncio::diag
