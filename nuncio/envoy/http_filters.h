#pragma once

#include <vector>

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

inline constexpr char kCorsFilter[] = "envoy.filters.http.cors";

// In the order of "emissary reference" 3.10: bridge, gRPC-Web, gRPC statistics, Lua, gzip, buffer, addresses, CORS; the
// router last. The filters of CORS and of the router are always there, so that a route can start to use CORS without a
// change of the listener.
std::vector<pb::HttpFilter> MakeHttpFilters(const ir::HttpSettings& settings);

}  // namespace nuncio::envoy
