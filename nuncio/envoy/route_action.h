#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/route.h"

namespace envoy::config::route::v3 {
class RedirectAction;
class RouteAction;
}  // namespace envoy::config::route::v3

namespace nuncio::envoy {

::envoy::config::route::v3::RouteAction MakeRouteAction(const ir::Forward& forward);

// A status that Envoy cannot send becomes a value that its rules refuse.
::envoy::config::route::v3::RedirectAction MakeRedirectAction(const ir::Redirect& redirect);

// CORS is decided by the filter of that name, configured by route.
void SetCors(const ir::Cors& cors, pb::Route* proto);

}  // namespace nuncio::envoy
