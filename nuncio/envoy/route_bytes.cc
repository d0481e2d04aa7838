#include "nuncio/envoy/route_bytes.h"

#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/route.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"

namespace nuncio::envoy {

const std::string* RouteBytes::Get(const ir::RoutePtr& route) {
  const auto [at, is_new] = made_.try_emplace(route.get());
  std::string& bytes = at->second;
  if (is_new) {
    const pb::Route made = MakeRoute(*route);
    if (const auto violation = FindViolation(*route, made, known_)) {
      refusals_.Add(absl::StrCat("the route for ", route->match.path.value), route->origins, *violation);
    } else {
      bytes = Serialize(made);
    }
  }
  return bytes.empty() ? nullptr : &bytes;
}

}  // namespace nuncio::envoy
