#pragma once

#include <vector>

#include "nuncio/ir/upstream.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// The active health checks of a Mapping. One that is invalid is left out with an error at spec.health_checks[i].
// `grpc`: whether the service is spoken to as gRPC, which a check over gRPC needs.
// REQUIRES: each has exactly one of http and grpc, and numbers in the ranges of the schema.
std::vector<ir::HealthCheck> HealthChecksOf(const std::vector<resource::HealthCheck>& checks, bool grpc,
                                            const ir::Origin& origin, Report& report);

}  // namespace nuncio::translate::emissary
