#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {
namespace {

const char* Text(DnsFamily family) {
  switch (family) {
    case DnsFamily::kV4Only:
      return "v4_only";
    case DnsFamily::kV6Only:
      return "v6_only";
    case DnsFamily::kAuto:
      return "auto";
  }
  return "";
}

const char* Text(LoadBalancing policy) {
  switch (policy) {
    case LoadBalancing::kRoundRobin:
      return "round_robin";
    case LoadBalancing::kLeastRequest:
      return "least_request";
    case LoadBalancing::kRingHash:
      return "ring_hash";
    case LoadBalancing::kMaglev:
      return "maglev";
  }
  return "";
}

struct DiscoveryVisitor {
  Json operator()(const DnsDiscovery& dns) const {
    DumpedObject object;
    object.Always("host", dns.host).Always("port", dns.port);
    object.Member("logical", dns.logical).Member("respect_ttl", dns.respect_ttl);
    if (dns.family != DnsFamily::kV4Only) object.Always("family", Text(dns.family));
    return {{"dns", object.Take()}};
  }
  Json operator()(const StaticDiscovery& fixed) const {
    return {{"static", {{"address", fixed.address}, {"port", fixed.port}}}};
  }
  Json operator()(const EndpointDiscovery& endpoints) const { return {{"endpoint_set", endpoints.endpoint_set}}; }
};

Json Dump(const HttpHealthCheck::StatusRange& range) { return {{"first", range.first}, {"last", range.last}}; }

Json Dump(const HttpHealthCheck::AddedHeader& header) {
  return DumpedObject()
      .Always("name", header.name)
      .Always("value", header.value)
      .Member("append", header.append, true)
      .Take();
}

template <typename T>
Json DumpList(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(Dump(value));
  return list;
}

struct ProbeVisitor {
  DumpedObject& object;
  void operator()(const HttpHealthCheck& http) const {
    DumpedObject probe;
    probe.Always("path", http.path).Member("host", http.host);
    probe.Member("remove_request_headers", http.remove_request_headers);
    if (!http.add_request_headers.empty()) probe.Always("add_request_headers", DumpList(http.add_request_headers));
    if (!http.expected_statuses.empty()) probe.Always("expected_statuses", DumpList(http.expected_statuses));
    object.Always("http", probe.Take());
  }
  void operator()(const GrpcHealthCheck& grpc) const {
    object.Always("grpc",
                  DumpedObject().Always("service_name", grpc.service_name).Member("authority", grpc.authority).Take());
  }
};

}  // namespace

Json Dump(const UpstreamId& id) { return id.discriminator.empty() ? id.name : id.name + "/" + id.discriminator; }

Json Dump(const HeaderCase& header_case) {
  return DumpedObject()
      .Member("proper_case", header_case.proper_case)
      .Member("spellings", header_case.spellings)
      .Take();
}

Json Dump(const CircuitBreaker& breaker) {
  return DumpedObject()
      .Always("priority", breaker.priority == CircuitBreaker::Priority::kHigh ? "high" : "default")
      .Member("max_connections", breaker.max_connections)
      .Member("max_pending_requests", breaker.max_pending_requests)
      .Member("max_requests", breaker.max_requests)
      .Member("max_retries", breaker.max_retries)
      .Take();
}

Json Dump(const TcpKeepalive& keepalive) {
  return DumpedObject()
      .Member("probes", keepalive.probes)
      .Member("idle_seconds", keepalive.idle_seconds)
      .Member("interval_seconds", keepalive.interval_seconds)
      .Take();
}

Json Dump(const HealthCheck& check) {
  const HealthCheck standard;
  DumpedObject object;
  std::visit(ProbeVisitor{object}, check.probe);
  return object.Member("timeout", check.timeout, standard.timeout)
      .Member("interval", check.interval, standard.interval)
      .Member("unhealthy_threshold", check.unhealthy_threshold, standard.unhealthy_threshold)
      .Member("healthy_threshold", check.healthy_threshold, standard.healthy_threshold)
      .Take();
}

Json Dump(const Upstream& upstream) {
  DumpedObject object;
  object.Always("id", Dump(upstream.id)).Member("stat_name", upstream.stat_name);
  object.Always("discovery", std::visit(DiscoveryVisitor{}, upstream.discovery));
  if (upstream.load_balancing != LoadBalancing::kRoundRobin) {
    object.Always("load_balancing", Text(upstream.load_balancing));
  }
  return object.Member("http2", upstream.http2)
      .Member("tls", upstream.tls)
      .Member("connect_timeout", upstream.connect_timeout, Upstream().connect_timeout)
      .Member("idle_timeout", upstream.idle_timeout)
      .Member("max_connection_lifetime", upstream.max_connection_lifetime)
      .Member("keepalive", upstream.keepalive)
      .Member("circuit_breakers", upstream.circuit_breakers)
      .Member("health_checks", upstream.health_checks)
      .Member("header_case", upstream.header_case)
      .Member("origins", upstream.origins)
      .Take();
}

Json Dump(const Endpoint& endpoint) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

Json Dump(const EndpointSet& set) {
  return DumpedObject()
      .Always("name", set.name)
      .Always("endpoints", Dump(set.endpoints))
      .Member("origins", set.origins)
      .Take();
}

}  // namespace nuncio::ir
