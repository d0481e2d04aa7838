#include "nuncio/envoy/route_bytes.h"

#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/route.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"

namespace nuncio::envoy {

const std::string* RouteBytes::Get(const ir::RoutePtr& route, uint64_t round, const References& known,
                                   Refusals& refusals) {
  Made& made = made_[route];
  if (made.holds_in == known.epoch) return &made.bytes;
  if (made.bytes.empty()) {
    const pb::Route proto = MakeRoute(*route);
    made.violation = FindViolation(*route, proto);
    made.bytes = Serialize(proto);
  }
  const std::optional<Violation> violation = made.violation ? made.violation : FindDangling(*route, known);
  if (!violation) {
    made.holds_in = known.epoch;
    return &made.bytes;
  }
  if (made.reported_in != round) {
    made.reported_in = round;
    const std::vector<ir::Origin> origins(route->origins.begin(), route->origins.end());
    refusals.Add(absl::StrCat("the route for ", route->match.path.value), origins, *violation);
  }
  return nullptr;
}

}  // namespace nuncio::envoy
