#include "nuncio/envoy/route.h"

#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/header_edits.h"
#include "nuncio/envoy/match.h"
#include "nuncio/envoy/route_action.h"

namespace nuncio::envoy {
namespace {

// What Envoy keeps of a request body to send it again. The connection's buffer is smaller (listener.cc), and a body
// that exceeds the limit silently ends retries and mirroring.
constexpr uint64_t kReplayBytes = 1024 * 1024;

void SetAction(const ir::Forward& forward, pb::Route* proto) {
  *proto->mutable_route() = MakeRouteAction(forward);
  if (forward.cors) SetCors(*forward.cors, proto);
  if (forward.retry || !forward.mirrors.empty()) proto->mutable_request_body_buffer_limit()->set_value(kReplayBytes);
}

void SetAction(const ir::Redirect& redirect, pb::Route* proto) {
  *proto->mutable_redirect() = MakeRedirectAction(redirect);
}

void SetAction(const ir::DirectResponse& response, pb::Route* proto) {
  proto->mutable_direct_response()->set_status(response.status);
  if (!response.body.empty()) proto->mutable_direct_response()->mutable_body()->set_inline_string(response.body);
}

}  // namespace

pb::Route MakeRoute(const ir::Route& route) {
  pb::Route proto;
  *proto.mutable_match() = MakeRouteMatch(route.match);
  std::visit([&](const auto& action) { SetAction(action, &proto); }, route.action);
  SetRequestHeaderEdits(route.request_headers, &proto);
  SetResponseHeaderEdits(route.response_headers, &proto);
  return proto;
}

}  // namespace nuncio::envoy
