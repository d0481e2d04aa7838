#include "nuncio/translate/emissary/route_variants.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"

namespace nuncio::translate::emissary {
namespace {

using resource::InsecureAction;
using resource::SecurityModel;

constexpr char kProto[] = "x-forwarded-proto";

bool IsProto(const ir::HeaderMatch& header) { return absl::EqualsIgnoreCase(header.name, kProto); }

}  // namespace

void RouteVariants::Append(size_t group, SecurityModel model, InsecureAction action,
                           std::vector<ir::RoutePtr>& routes) {
  const bool by_proto = model == SecurityModel::kXfp;
  // Challenges of ACME have to be answered in cleartext.
  if (groups_[group].acme_challenge) action = InsecureAction::kRoute;
  for (size_t i = 0; i < groups_[group].routes.size(); ++i) {
    if (by_proto && action == InsecureAction::kRoute) {
      // Routed whatever the protocol: one route says the same as the two.
      routes.push_back(Get(group, i, Variant::kWithoutProto));
      continue;
    }
    if (model != SecurityModel::kInsecure) {
      routes.push_back(Get(group, i, by_proto ? Variant::kHttps : Variant::kAsIs));
    }
    if (model == SecurityModel::kSecure || action == InsecureAction::kReject) continue;
    if (action == InsecureAction::kRoute) {
      routes.push_back(Get(group, i, Variant::kAsIs));
    } else {
      routes.push_back(Get(group, i, by_proto ? Variant::kRedirectWithoutProto : Variant::kRedirect));
    }
  }
}

const ir::RoutePtr& RouteVariants::Get(size_t group, size_t route, Variant variant) {
  std::vector<ir::RoutePtr>& made = made_[group][static_cast<size_t>(variant)];
  if (made.empty()) made.resize(groups_[group].routes.size());
  if (made[route] == nullptr) made[route] = Make(groups_[group].routes[route], variant);
  return made[route];
}

ir::RoutePtr RouteVariants::Make(const ir::RoutePtr& route, Variant variant) {
  const bool asks_for_proto = std::any_of(route->match.headers.begin(), route->match.headers.end(), IsProto);
  if (variant == Variant::kAsIs || (variant == Variant::kWithoutProto && !asks_for_proto)) return route;
  auto copy = std::make_shared<ir::Route>(*route);
  if (variant != Variant::kRedirect) std::erase_if(copy->match.headers, IsProto);
  if (variant == Variant::kHttps) {
    copy->match.headers.push_back({kProto, {ir::StringMatch::Kind::kExact, "https", false}, false});
  } else if (variant != Variant::kWithoutProto) {
    copy->action = ir::Redirect{true, "", {}, 301};
    copy->request_headers = {};
  }
  return copy;
}

}  // namespace nuncio::translate::emissary
