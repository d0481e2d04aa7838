#include "nuncio/translate/emissary/route_variants.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"

namespace nuncio::translate::emissary {
namespace {

using resource::InsecureAction;
using resource::SecurityModel;

constexpr char kProto[] = "x-forwarded-proto";

// Numbers of MappingGroup::variants.
enum class Variant {
  kAsIs,
  kWithoutProto,  // no X-Forwarded-Proto asked for, whatever the Mapping says
  kHttps,         // X-Forwarded-Proto: https
  kRedirect,      // to https
  kRedirectWithoutProto,
};
static_assert(static_cast<size_t>(Variant::kRedirectWithoutProto) + 1 ==
              std::tuple_size_v<decltype(MappingGroup::variants)>);

bool IsProto(const ir::HeaderMatch& header) { return absl::EqualsIgnoreCase(header.name, kProto); }

ir::RoutePtr Make(const ir::RoutePtr& route, Variant variant) {
  const bool asks_for_proto = std::any_of(route->match.headers.begin(), route->match.headers.end(), IsProto);
  if (variant == Variant::kAsIs || (variant == Variant::kWithoutProto && !asks_for_proto)) return route;
  auto copy = std::make_shared<ir::Route>(*route);
  if (variant != Variant::kRedirect) std::erase_if(copy->match.headers, IsProto);
  if (variant == Variant::kHttps) {
    copy->match.headers.push_back({kProto, {ir::StringMatch::Kind::kExact, "https", false}, false});
  } else if (variant != Variant::kWithoutProto) {
    copy->action = ir::Redirect{true, "", {}, 301};
    copy->request_headers.reset();
  }
  return copy;
}

const ir::RoutePtr& Get(const MappingGroup& group, size_t route, Variant variant) {
  std::vector<ir::RoutePtr>& made = group.variants[static_cast<size_t>(variant)];
  if (made.empty()) made.resize(group.routes.size());
  if (made[route] == nullptr) made[route] = Make(group.routes[route], variant);
  return made[route];
}

}  // namespace

void AppendRoutes(const MappingGroup& group, SecurityModel model, InsecureAction action,
                  std::vector<ir::RoutePtr>& routes) {
  const bool by_proto = model == SecurityModel::kXfp;
  // Challenges of ACME have to be answered in cleartext.
  if (group.acme_challenge) action = InsecureAction::kRoute;
  for (size_t i = 0; i < group.routes.size(); ++i) {
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

}  // namespace nuncio::translate::emissary
