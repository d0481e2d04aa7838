#include "nuncio/envoy/route_action.h"

#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/extensions/filters/http/cors/v3/cors.pb.h"
#include "nuncio/envoy/http_filters.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/scalars.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

namespace route = ::envoy::config::route::v3;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

void SetRegexRewrite(const ir::RegexRewrite& rewrite, ::envoy::type::matcher::v3::RegexMatchAndSubstitute* proto) {
  proto->mutable_pattern()->set_regex(rewrite.pattern);
  proto->set_substitution(rewrite.substitution);
}

void SetFraction(uint32_t percent, const std::string& runtime_key,
                 ::envoy::config::core::v3::RuntimeFractionalPercent* proto) {
  proto->mutable_default_value()->set_numerator(percent);
  proto->mutable_default_value()->set_denominator(::envoy::type::v3::FractionalPercent::HUNDRED);
  proto->set_runtime_key(runtime_key);
}

void SetRewrites(const ir::Forward& forward, route::RouteAction* action) {
  std::visit(
      Overloaded{[](std::monostate) {},
                 [&](const ir::PrefixRewrite& rewrite) { action->set_prefix_rewrite(rewrite.replacement); },
                 [&](const ir::PathRewrite& rewrite) { action->set_path_rewrite(rewrite.replacement); },
                 [&](const ir::RegexRewrite& rewrite) { SetRegexRewrite(rewrite, action->mutable_regex_rewrite()); }},
      forward.path_rewrite);
  std::visit(Overloaded{[](std::monostate) {},
                        [&](const ir::HostRewriteLiteral& rewrite) { action->set_host_rewrite_literal(rewrite.host); },
                        [&](ir::HostRewriteAuto) { action->mutable_auto_host_rewrite()->set_value(true); }},
             *forward.host_rewrite);
}

void SetRetry(const ir::RetryPolicy& retry, route::RetryPolicy* proto) {
  proto->set_retry_on(retry.retry_on);
  if (retry.num_retries) proto->mutable_num_retries()->set_value(*retry.num_retries);
  if (retry.per_try_timeout) *proto->mutable_per_try_timeout() = MakeDuration(*retry.per_try_timeout);
}

void SetHash(const ir::HashPolicy& hash, route::RouteAction::HashPolicy* proto) {
  std::visit(Overloaded{[&](const ir::HashOnCookie& cookie) {
                          proto->mutable_cookie()->set_name(cookie.name);
                          proto->mutable_cookie()->set_path(cookie.path);
                          if (cookie.ttl) *proto->mutable_cookie()->mutable_ttl() = MakeDuration(*cookie.ttl);
                        },
                        [&](const ir::HashOnHeader& header) { proto->mutable_header()->set_header_name(header.name); },
                        [&](ir::HashOnSourceIp) { proto->mutable_connection_properties()->set_source_ip(true); }},
             hash);
}

}  // namespace

route::RouteAction MakeRouteAction(const ir::Forward& forward) {
  route::RouteAction action;
  action.set_cluster(ClusterName(forward.upstream));
  SetRewrites(forward, &action);
  *action.mutable_timeout() = MakeDuration(forward.timeout);
  if (forward.idle_timeout) *action.mutable_idle_timeout() = MakeDuration(*forward.idle_timeout);
  if (forward.priority == ir::RoutePriority::kHigh) action.set_priority(::envoy::config::core::v3::HIGH);
  if (forward.retry) SetRetry(*forward.retry, action.mutable_retry_policy());
  if (forward.hash) SetHash(*forward.hash, action.add_hash_policy());
  for (const ir::Mirror& mirror : forward.mirrors) {
    auto* policy = action.add_request_mirror_policies();
    policy->set_cluster(ClusterName(mirror.upstream));
    SetFraction(mirror.percent, mirror.runtime_key, policy->mutable_runtime_fraction());
  }
  for (const std::string& upgrade : *forward.upgrades) action.add_upgrade_configs()->set_upgrade_type(upgrade);
  return action;
}

route::RedirectAction MakeRedirectAction(const ir::Redirect& redirect) {
  route::RedirectAction action;
  if (redirect.to_https) action.set_https_redirect(true);
  action.set_host_redirect(redirect.host);
  std::visit(
      Overloaded{[](std::monostate) {},
                 [&](const ir::PrefixRewrite& rewrite) { action.set_prefix_rewrite(rewrite.replacement); },
                 [&](const ir::PathRewrite& rewrite) { action.set_path_redirect(rewrite.replacement); },
                 [&](const ir::RegexRewrite& rewrite) { SetRegexRewrite(rewrite, action.mutable_regex_rewrite()); }},
      redirect.path);
  switch (redirect.status) {
    case 301:
      action.set_response_code(route::RedirectAction::MOVED_PERMANENTLY);
      break;
    case 302:
      action.set_response_code(route::RedirectAction::FOUND);
      break;
    case 303:
      action.set_response_code(route::RedirectAction::SEE_OTHER);
      break;
    case 307:
      action.set_response_code(route::RedirectAction::TEMPORARY_REDIRECT);
      break;
    case 308:
      action.set_response_code(route::RedirectAction::PERMANENT_REDIRECT);
      break;
    default:
      action.set_response_code(static_cast<route::RedirectAction::RedirectResponseCode>(redirect.status));
  }
  return action;
}

void SetCors(const ir::Cors& cors, pb::Route* proto) {
  ::envoy::extensions::filters::http::cors::v3::CorsPolicy policy;
  for (const std::string& origin : cors.origins) policy.add_allow_origin_string_match()->set_exact(origin);
  policy.set_allow_methods(cors.methods);
  policy.set_allow_headers(cors.headers);
  policy.set_expose_headers(cors.exposed_headers);
  policy.set_max_age(cors.max_age);
  if (cors.credentials) policy.mutable_allow_credentials()->set_value(*cors.credentials);
  if (!cors.runtime_key.empty()) SetFraction(100, cors.runtime_key, policy.mutable_filter_enabled());
  Pack(policy, &(*proto->mutable_typed_per_filter_config())[kCorsFilter]);
}

}  // namespace nuncio::envoy
