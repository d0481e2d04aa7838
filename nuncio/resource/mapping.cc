#include "nuncio/resource/mapping.h"

#include <algorithm>

#include "nuncio/resource/emissary_fields.h"
#include "nuncio/resource/kind_decoders.h"

namespace nuncio::resource {
namespace {

constexpr std::array<int64_t, 5> kRedirectCodes = {301, 302, 303, 307, 308};

}  // namespace

constexpr auto FieldsOf(const HttpHealthCheck::StatusRange*) {
  return Record(Required("min", &HttpHealthCheck::StatusRange::min).In(100, 599),
                Required("max", &HttpHealthCheck::StatusRange::max).In(100, 599));
}
constexpr auto FieldsOf(const HttpHealthCheck*) {
  return Record(Required("path", &HttpHealthCheck::path), Optional("hostname", &HttpHealthCheck::hostname),
                Optional("add_request_headers", &HttpHealthCheck::add_request_headers),
                Optional("remove_request_headers", &HttpHealthCheck::remove_request_headers),
                Optional("expected_statuses", &HttpHealthCheck::expected_statuses));
}
constexpr auto FieldsOf(const GrpcHealthCheck*) {
  return Record(Required("upstream_name", &GrpcHealthCheck::upstream_name),
                Optional("authority", &GrpcHealthCheck::authority));
}
constexpr auto FieldsOf(const HealthCheck*) {
  return Record(Optional("timeout", &HealthCheck::timeout), Optional("interval", &HealthCheck::interval),
                Optional("unhealthy_threshold", &HealthCheck::unhealthy_threshold).In(1, kMaxUint32),
                Optional("healthy_threshold", &HealthCheck::healthy_threshold).In(1, kMaxUint32),
                Group("health_check", Optional("http", &HealthCheck::http), Optional("grpc", &HealthCheck::grpc)));
}
void CheckRecord(const HealthCheck& check, FieldErrors& errors) {
  FieldErrors::Scope scope(errors, ".health_check");
  if (check.http.has_value() == check.grpc.has_value()) errors.AddError("must have exactly one of http and grpc");
}

constexpr auto FieldsOf(const Mapping*) {
  using M = Mapping;
  using C = MappingCluster;
  using R = MappingRedirect;
  return Kind(
      AmbassadorIdField<M>(), Required("prefix", &M::prefix), Optional("prefix_regex", &M::prefix_regex),
      Optional("prefix_exact", &M::prefix_exact), Optional("case_sensitive", &M::case_sensitive),
      Required("service", &M::service), Optional("hostname", &M::hostname), Optional("host", &M::host),
      Optional("host_regex", &M::host_regex), Optional("headers", &M::headers),
      Optional("regex_headers", &M::regex_headers), Optional("method", &M::method),
      Optional("method_regex", &M::method_regex), Optional("query_parameters", &M::query_parameters),
      Optional("regex_query_parameters", &M::regex_query_parameters),
      Optional("precedence", &M::precedence).In(INT32_MIN, INT32_MAX), Optional("priority", &M::priority),
      Optional("rewrite", &M::rewrite), Optional("regex_rewrite", &M::regex_rewrite),
      Optional("host_rewrite", &M::host_rewrite), Optional("auto_host_rewrite", &M::auto_host_rewrite),
      Optional("add_request_headers", &M::add_request_headers),
      Optional("add_response_headers", &M::add_response_headers),
      Optional("remove_request_headers", &M::remove_request_headers),
      Optional("remove_response_headers", &M::remove_response_headers),
      Optional("add_linkerd_headers", &M::add_linkerd_headers), Optional("bypass_auth", &M::bypass_auth),
      Optional("auth_context_extensions", &M::auth_context_extensions), Optional("cors", &M::cors),
      Optional("retry_policy", &M::retry_policy), Optional("load_balancer", &M::load_balancer),
      Optional("timeout_ms", &M::timeout_ms).In(0, kYearInMs),
      Optional("idle_timeout_ms", &M::idle_timeout_ms).In(0, kYearInMs),
      Within(&M::cluster, Optional("resolver", &C::resolver),
             Optional("connect_timeout_ms", &C::connect_timeout_ms).In(0, kYearInMs),
             Optional("cluster_idle_timeout_ms", &C::cluster_idle_timeout_ms).In(0, kYearInMs),
             Optional("cluster_max_connection_lifetime_ms", &C::cluster_max_connection_lifetime_ms).In(0, kYearInMs),
             Optional("circuit_breakers", &C::circuit_breakers), Optional("keepalive", &C::keepalive),
             Optional("grpc", &C::grpc), Optional("tls", &C::tls), Optional("dns_type", &C::dns_type),
             Optional("respect_dns_ttl", &C::respect_dns_ttl), Optional("enable_ipv4", &C::enable_ipv4),
             Optional("enable_ipv6", &C::enable_ipv6), Optional("health_checks", &C::health_checks),
             Optional("cluster_tag", &C::cluster_tag), Optional("stats_name", &C::stats_name)),
      // Its range is the translator's: it judges the sum of a group's weights as well.
      Optional("weight", &M::weight), Optional("shadow", &M::shadow),
      Within(&M::redirect, Optional("host_redirect", &R::host_redirect), Optional("path_redirect", &R::path_redirect),
             Optional("prefix_redirect", &R::prefix_redirect), Optional("regex_redirect", &R::regex_redirect),
             Optional("redirect_response_code", &R::redirect_response_code)),
      Optional("allow_upgrade", &M::allow_upgrade), Optional("use_websocket", &M::use_websocket),
      Present("labels", &M::has_labels), Present("docs", &M::has_docs),
      Present("error_response_overrides", &M::has_error_response_overrides),
      Present("bypass_error_response_overrides", &M::has_bypass_error_response_overrides),
      Present("outlier_detection", &M::has_outlier_detection), Present("envoy_override", &M::has_envoy_override),
      Present("modules", &M::has_modules), Known("v2ExplicitTLS"), Known("v2BoolHeaders"),
      Known("v2BoolQueryParameters"));
}
void CheckRecord(const Mapping& mapping, FieldErrors& errors) {
  const std::optional<int64_t>& code = mapping.redirect->redirect_response_code;
  if (!code || std::find(kRedirectCodes.begin(), kRedirectCodes.end(), *code) != kRedirectCodes.end()) return;
  FieldErrors::Scope spec(errors, ".spec");
  FieldErrors::Scope field(errors, ".redirect_response_code");
  errors.AddError("must be one of 301, 302, 303, 307, 308, not " + std::to_string(*code));
}

constexpr auto FieldsOf(const TcpMapping*) {
  using M = TcpMapping;
  return Kind(AmbassadorIdField<M>(), Required("port", &M::port).In(1, 65535), Optional("address", &M::address),
              Optional("host", &M::host), Required("service", &M::service), Optional("tls", &M::tls),
              Optional("weight", &M::weight), Optional("circuit_breakers", &M::circuit_breakers),
              Optional("enable_ipv4", &M::enable_ipv4), Optional("enable_ipv6", &M::enable_ipv6),
              Optional("resolver", &M::resolver), Optional("cluster_tag", &M::cluster_tag),
              Optional("stats_name", &M::stats_name), Optional("idle_timeout_ms", &M::idle_timeout_ms),
              Known("v2ExplicitTLS"));
}

void DecodeKind(const Json& object, Mapping& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json& object, TcpMapping& out, FieldErrors& errors) { Load(object, out, errors); }

}  // namespace nuncio::resource
