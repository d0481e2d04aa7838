#include "nuncio/envoy/cluster.h"

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "envoy/extensions/upstreams/http/v3/http_protocol_options.pb.h"
#include "nuncio/envoy/config_source.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/endpoint.h"
#include "nuncio/envoy/header_case.h"
#include "nuncio/envoy/health_check.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/scalars.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/tls.h"

namespace nuncio::envoy {
namespace {

using HttpOptions = ::envoy::extensions::upstreams::http::v3::HttpProtocolOptions;

pb::Cluster::DnsLookupFamily FamilyOf(ir::DnsFamily family) {
  switch (family) {
    case ir::DnsFamily::kV4Only:
      return pb::Cluster::V4_ONLY;
    case ir::DnsFamily::kV6Only:
      return pb::Cluster::V6_ONLY;
    case ir::DnsFamily::kAuto:
      return pb::Cluster::AUTO;
  }
  return pb::Cluster::AUTO;
}

void SetDiscovery(const ir::DnsDiscovery& dns, pb::Cluster* proto) {
  proto->set_type(dns.logical ? pb::Cluster::LOGICAL_DNS : pb::Cluster::STRICT_DNS);
  proto->set_dns_lookup_family(FamilyOf(dns.family));
  *proto->mutable_load_assignment() = MakeLoadAssignment(proto->name(), {{dns.host, dns.port}});
  if (dns.respect_ttl) {
// Deprecated in favour of the cluster extension envoy.clusters.dns, which would tie us to Envoy 1.35 and later.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    proto->set_respect_dns_ttl(true);
#pragma GCC diagnostic pop
  }
}

void SetDiscovery(const ir::StaticDiscovery& address, pb::Cluster* proto) {
  proto->set_type(pb::Cluster::STATIC);
  *proto->mutable_load_assignment() = MakeLoadAssignment(proto->name(), {{address.address, address.port}});
}

void SetDiscovery(const ir::EndpointDiscovery&, pb::Cluster* proto) {
  proto->set_type(pb::Cluster::EDS);
  SetAds(proto->mutable_eds_cluster_config()->mutable_eds_config());
  proto->mutable_eds_cluster_config()->set_service_name(proto->name());
  // An endpoint that has left the set is gone, whatever its last health check said.
  proto->set_ignore_health_on_host_removal(true);
}

pb::Cluster::LbPolicy PolicyOf(ir::LoadBalancing policy) {
  switch (policy) {
    case ir::LoadBalancing::kRoundRobin:
      return pb::Cluster::ROUND_ROBIN;
    case ir::LoadBalancing::kLeastRequest:
      return pb::Cluster::LEAST_REQUEST;
    case ir::LoadBalancing::kRingHash:
      return pb::Cluster::RING_HASH;
    case ir::LoadBalancing::kMaglev:
      return pb::Cluster::MAGLEV;
  }
  return pb::Cluster::ROUND_ROBIN;
}

HttpOptions HttpOptionsOf(const ir::Upstream& upstream) {
  HttpOptions options;
  auto* common = options.mutable_common_http_protocol_options();
  if (upstream.idle_timeout) *common->mutable_idle_timeout() = MakeDuration(*upstream.idle_timeout);
  if (upstream.max_connection_lifetime) {
    *common->mutable_max_connection_duration() = MakeDuration(*upstream.max_connection_lifetime);
  }
  auto* codec = options.mutable_explicit_http_config();
  if (upstream.http2) {
    auto* http2 = codec->mutable_http2_protocol_options();
    http2->mutable_initial_stream_window_size()->set_value(edge::kStreamWindowBytes);
    http2->mutable_initial_connection_window_size()->set_value(edge::kConnectionWindowBytes);
  } else {
    auto* http1 = codec->mutable_http_protocol_options();
    if (upstream.header_case) SetHeaderCase(*upstream.header_case, http1->mutable_header_key_format());
  }
  return options;
}

void SetCircuitBreakers(const std::vector<ir::CircuitBreaker>& breakers, pb::Cluster* proto) {
  for (const ir::CircuitBreaker& breaker : breakers) {
    auto* thresholds = proto->mutable_circuit_breakers()->add_thresholds();
    if (breaker.priority == ir::CircuitBreaker::Priority::kHigh) {
      thresholds->set_priority(::envoy::config::core::v3::HIGH);
    }
    if (breaker.max_connections) thresholds->mutable_max_connections()->set_value(*breaker.max_connections);
    if (breaker.max_pending_requests) {
      thresholds->mutable_max_pending_requests()->set_value(*breaker.max_pending_requests);
    }
    if (breaker.max_requests) thresholds->mutable_max_requests()->set_value(*breaker.max_requests);
    if (breaker.max_retries) thresholds->mutable_max_retries()->set_value(*breaker.max_retries);
  }
}

void SetKeepalive(const ir::TcpKeepalive& keepalive, pb::Cluster* proto) {
  auto* tcp = proto->mutable_upstream_connection_options()->mutable_tcp_keepalive();
  if (keepalive.probes) tcp->mutable_keepalive_probes()->set_value(*keepalive.probes);
  if (keepalive.idle_seconds) tcp->mutable_keepalive_time()->set_value(*keepalive.idle_seconds);
  if (keepalive.interval_seconds) tcp->mutable_keepalive_interval()->set_value(*keepalive.interval_seconds);
}

}  // namespace

pb::Cluster MakeCluster(const ir::Upstream& upstream) {
  pb::Cluster proto;
  proto.set_name(ClusterName(upstream.id));
  proto.set_alt_stat_name(upstream.stat_name);
  std::visit([&](const auto& discovery) { SetDiscovery(discovery, &proto); }, upstream.discovery);
  *proto.mutable_connect_timeout() = MakeDuration(upstream.connect_timeout);
  proto.set_lb_policy(PolicyOf(upstream.load_balancing));
  proto.mutable_per_connection_buffer_limit_bytes()->set_value(edge::kConnectionBufferBytes);
  Pack(HttpOptionsOf(upstream),
       &(*proto.mutable_typed_extension_protocol_options())["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]);
  SetCircuitBreakers(upstream.circuit_breakers, &proto);
  for (const ir::HealthCheck& check : upstream.health_checks) {
    *proto.add_health_checks() = MakeHealthCheck(check, upstream.http2);
  }
  if (upstream.keepalive) SetKeepalive(*upstream.keepalive, &proto);
  if (upstream.tls) {
    proto.mutable_transport_socket()->set_name("envoy.transport_sockets.tls");
    Pack(MakeUpstreamTls(*upstream.tls), proto.mutable_transport_socket()->mutable_typed_config());
  }
  return proto;
}

}  // namespace nuncio::envoy
