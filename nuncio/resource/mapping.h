#pragma once

#include "nuncio/base/boxed.h"
#include "nuncio/resource/emissary_common.h"
#include "nuncio/resource/meta.h"

namespace nuncio::resource {

struct HttpHealthCheck {
  struct StatusRange {
    int64_t min = 0;
    int64_t max = 0;  // inclusive
    bool operator==(const StatusRange&) const = default;
  };
  std::string path;
  std::string hostname;
  AddedHeaders add_request_headers;
  std::vector<std::string> remove_request_headers;
  std::vector<StatusRange> expected_statuses;
  bool operator==(const HttpHealthCheck&) const = default;
};
struct GrpcHealthCheck {
  std::string upstream_name;
  std::string authority;
  bool operator==(const GrpcHealthCheck&) const = default;
};
struct HealthCheck {
  std::string timeout;   // a Go duration
  std::string interval;  // a Go duration
  std::optional<int64_t> unhealthy_threshold;
  std::optional<int64_t> healthy_threshold;
  std::optional<HttpHealthCheck> http;  // spec.health_checks[].health_check.http
  std::optional<GrpcHealthCheck> grpc;
  bool operator==(const HealthCheck&) const = default;
};

// How a Mapping's service is reached: what its cluster is made of.
struct MappingCluster {
  std::string resolver;
  std::optional<int64_t> connect_timeout_ms;
  std::optional<int64_t> cluster_idle_timeout_ms;
  std::optional<int64_t> cluster_max_connection_lifetime_ms;
  std::optional<std::vector<CircuitBreaker>> circuit_breakers;
  std::optional<KeepAlive> keepalive;
  std::optional<bool> grpc;
  std::string tls;
  std::string dns_type;
  std::optional<bool> respect_dns_ttl;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::vector<HealthCheck> health_checks;
  std::string cluster_tag;
  std::string stats_name;
  bool operator==(const MappingCluster&) const = default;
};

struct MappingRedirect {
  std::optional<bool> host_redirect;
  std::optional<std::string> path_redirect;
  std::optional<std::string> prefix_redirect;
  Boxed<RegexRewrite> regex_redirect;
  std::optional<int64_t> redirect_response_code;
  bool operator==(const MappingRedirect&) const = default;
};

// getambassador.io/v3alpha1 Mapping (../docs: reference "Mapping"). A field that is absent is nullopt or empty;
// defaults are the translator's, because the Module may set them. There may be ten thousands: what few of them set is
// Rare or Boxed.
struct Mapping {
  Meta meta;
  AmbassadorId ambassador_id;
  std::string prefix;
  std::optional<bool> prefix_regex;
  std::optional<bool> prefix_exact;
  std::optional<bool> case_sensitive;
  std::string service;
  std::string hostname;
  Rare<std::string> host;  // deprecated
  std::optional<bool> host_regex;
  Rare<StringMap> headers;
  Rare<StringMap> regex_headers;
  Rare<std::string> method;
  std::optional<bool> method_regex;
  Rare<StringMap> query_parameters;
  Rare<StringMap> regex_query_parameters;
  std::optional<int64_t> precedence;
  Rare<std::string> priority;
  std::optional<std::string> rewrite;
  Boxed<RegexRewrite> regex_rewrite;
  Rare<std::string> host_rewrite;
  Boxed<AddedHeaders> add_request_headers;
  Boxed<AddedHeaders> add_response_headers;
  Boxed<std::vector<std::string>> remove_request_headers;
  Boxed<std::vector<std::string>> remove_response_headers;
  Rare<StringMap> auth_context_extensions;
  Boxed<Cors> cors;
  Boxed<RetryPolicy> retry_policy;
  Boxed<LoadBalancer> load_balancer;
  Rare<MappingCluster> cluster;
  Rare<MappingRedirect> redirect;
  Rare<std::vector<std::string>> allow_upgrade;
  std::optional<int64_t> timeout_ms;
  std::optional<int64_t> idle_timeout_ms;
  std::optional<int64_t> weight;
  std::optional<bool> auto_host_rewrite;
  std::optional<bool> add_linkerd_headers;
  std::optional<bool> bypass_auth;
  std::optional<bool> shadow;
  std::optional<bool> use_websocket;
  bool has_labels = false;                           // rate limiting: not built yet
  bool has_docs = false;                             // accepted, without effect
  bool has_error_response_overrides = false;         // not supported, as in Emissary 4
  bool has_bypass_error_response_overrides = false;  // likewise
  bool has_outlier_detection = false;                // likewise
  bool has_envoy_override = false;                   // accepted, without effect
  bool has_modules = false;                          // accepted, without effect

  bool operator==(const Mapping&) const = default;
};

// getambassador.io/v3alpha1 TCPMapping.
struct TcpMapping {
  Meta meta;
  AmbassadorId ambassador_id;
  int64_t port = 0;
  std::string address;
  std::string host;
  std::string service;
  std::string tls;
  std::optional<int64_t> weight;
  std::optional<std::vector<CircuitBreaker>> circuit_breakers;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::string resolver;
  std::string cluster_tag;
  std::string stats_name;
  std::string idle_timeout_ms;  // a string in the schema

  bool operator==(const TcpMapping&) const = default;
};

}  // namespace nuncio::resource
