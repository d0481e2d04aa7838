#include "nuncio/translate/emissary/backend.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/cluster_name.h"
#include "nuncio/translate/emissary/health_checks.h"
#include "nuncio/translate/emissary/policies.h"

namespace nuncio::translate::emissary {
namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> Milliseconds(const std::optional<int64_t>& value,
                                         const std::optional<milliseconds>& otherwise) {
  return value ? std::optional(milliseconds(*value)) : otherwise;
}

// The Service that a backend may mean: "svc", "svc.ns", "svc.ns.svc", "svc.ns.svc.cluster.local"; with an endpoint
// resolver whatever follows the namespace.
struct ServiceGuess {
  std::optional<resource::ObjectKey> key;
  bool is_sure = false;  // "svc.ns" could be "example.com" as well
};

ServiceGuess GuessService(const Context& context, const BackendRequest& request, const Backend& backend) {
  if (backend.service.host == "localhost") return {};
  const std::vector<std::string> labels = absl::StrSplit(backend.service.host, '.');
  const bool is_qualified =
      (labels.size() == 3 && labels[2] == "svc") ||
      (labels.size() == 5 && labels[2] == "svc" && labels[3] == "cluster" && labels[4] == "local");
  if (labels.size() > 2 && !is_qualified && backend.resolver != ResolverKind::kEndpoint) return {};
  // A name that is not qualified stands in this instance's own namespace: there its pod's DNS would look for it.
  const std::string& own = context.options.ambassador_namespace;
  resource::ObjectKey key{labels.size() > 1 ? labels[1] : own, labels[0]};
  const bool is_sure = is_qualified || (labels.size() <= 2 && (key.ns == own || key.ns == request.ns));
  return {std::move(key), is_sure};
}

bool HoldsServicesOf(const Options& options, const std::string& ns) {
  return options.all_services == Options::Services::kOfAll ||
         (options.all_services == Options::Services::kOfAmbassadorNamespace && ns == options.ambassador_namespace);
}

ir::DnsFamily FamilyOf(const Context& context, const BackendRequest& request) {
  const bool v4 = request.enable_ipv4.value_or(context.module.enable_ipv4);
  const bool v6 = request.enable_ipv6.value_or(context.module.enable_ipv6);
  if (!v6) return ir::DnsFamily::kV4Only;
  return v4 ? ir::DnsFamily::kAuto : ir::DnsFamily::kV6Only;
}

ir::DnsDiscovery DnsOf(const Context& context, const BackendRequest& request, const Backend& backend,
                       const std::string& host) {
  return {host, backend.port, request.dns_type == "logical_dns", request.respect_dns_ttl, FamilyOf(context, request)};
}

// The set of the Service's port.
ir::EndpointDiscovery EndpointsFor(Context& context, const BackendRequest& request, const Backend& backend,
                                   const resource::Service& service) {
  // Emissary knows the only port of a Service without its number too.
  const bool takes_only_port =
      backend.resolver == ResolverKind::kEndpoint && !backend.has_port && service.ports.size() == 1;
  const int64_t number = takes_only_port ? service.ports.front().port : backend.port;
  if (FindPort(service, number) == nullptr) {
    context.report.Error(*request.origin, code::kServicePortMissing, "spec.service",
                         absl::StrCat("Service ", service.meta.ns, "/", service.meta.name, " has no TCP port ", number,
                                      "; requests get 503. Name one of its ports"));
  }
  std::string name = EndpointSetName(service, number);
  context.endpoints.push_back({name, &service, number, request.origin});
  return {std::move(name)};
}

// Endpoint routing to a Service that does not exist: known to be empty, so that requests get 503 at once.
ir::EndpointDiscovery EmptySet(Context& context, const BackendRequest& request, const Backend& backend) {
  context.report.Error(*request.origin, code::kServiceMissing, "spec.service",
                       absl::StrCat("there is no Service '", backend.service.host, "'; requests get 503"));
  std::string name = absl::StrCat("k8s-missing/", backend.service.host, "/", backend.port);
  context.endpoints.push_back({name, nullptr, backend.port, request.origin});
  return {std::move(name)};
}

decltype(ir::Upstream::discovery) Discover(Context& context, const BackendRequest& request, const Backend& backend) {
  const std::string& host = backend.service.host;
  if (IsIpAddress(host)) return ir::StaticDiscovery{host, backend.port};
  const bool by_endpoints = backend.resolver == ResolverKind::kEndpoint;
  if (!by_endpoints && context.options.cluster_dns) return DnsOf(context, request, backend, host);
  const ServiceGuess guess = GuessService(context, request, backend);
  const resource::Service* service = guess.key ? context.FindService(*guess.key) : nullptr;
  if (service == nullptr) {
    if (by_endpoints) return EmptySet(context, request, backend);
    if (guess.is_sure && HoldsServicesOf(context.options, guess.key->ns)) {
      context.report.Error(*request.origin, code::kServiceMissing, "spec.service",
                           absl::StrCat("there is no Service '", guess.key->name, "' in the namespace '", guess.key->ns,
                                        "'; requests get 503, unless DNS knows the name otherwise"));
    }
    return DnsOf(context, request, backend, host);
  }
  if (service->type == "ExternalName") return DnsOf(context, request, backend, service->external_name);
  return EndpointsFor(context, request, backend, *service);
}

const Boxed<resource::LoadBalancer>& LoadBalancerOf(const Context& context, const BackendRequest& request) {
  static const Boxed<resource::LoadBalancer> kNone;
  if (!context.options.endpoints_enabled) return kNone;
  return request.load_balancer ? request.load_balancer : context.module.load_balancer;
}

const std::vector<resource::CircuitBreaker>& BreakersOf(const Context& context, const BackendRequest& request) {
  return request.circuit_breakers ? *request.circuit_breakers : context.module.circuit_breakers;
}

std::vector<ir::HealthCheck> ActiveChecks(Context& context, const BackendRequest& request, const Backend& backend) {
  if (request.health_checks.empty()) return {};
  if (backend.resolver == ResolverKind::kEndpoint) {
    return HealthChecksOf(request.health_checks, request.grpc, *request.origin, context.report);
  }
  context.report.Warning(*request.origin, code::kFieldWithoutEffect, "spec.health_checks",
                         "has no effect with a resolver that uses DNS; set spec.resolver to kubernetes-endpoint");
  return {};
}

}  // namespace

BackendRequest BackendOf(const resource::Mapping& mapping, std::shared_ptr<const ir::Origin> origin) {
  static const std::string kShadow = "shadow";
  const resource::MappingCluster& cluster = *mapping.cluster;
  return {.origin = std::move(origin),
          .ns = mapping.meta.ns,
          .service = mapping.service,
          .tls = cluster.tls,
          .resolver = cluster.resolver,
          .marker = mapping.shadow.value_or(false) ? kShadow : cluster.cluster_tag,
          .stats_name = cluster.stats_name,
          .host_rewrite = mapping.host_rewrite,
          .dns_type = cluster.dns_type,
          .grpc = cluster.grpc.value_or(false),
          .respect_dns_ttl = cluster.respect_dns_ttl.value_or(false),
          .is_http = true,
          .enable_ipv4 = cluster.enable_ipv4,
          .enable_ipv6 = cluster.enable_ipv6,
          .connect_timeout_ms = cluster.connect_timeout_ms,
          .cluster_idle_timeout_ms = cluster.cluster_idle_timeout_ms,
          .cluster_max_connection_lifetime_ms = cluster.cluster_max_connection_lifetime_ms,
          .load_balancer = mapping.load_balancer,
          .circuit_breakers = cluster.circuit_breakers,
          .keepalive = cluster.keepalive,
          .health_checks = cluster.health_checks};
}

BackendRequest BackendOf(const resource::TcpMapping& mapping, std::shared_ptr<const ir::Origin> origin) {
  return {.origin = std::move(origin),
          .ns = mapping.meta.ns,
          .service = mapping.service,
          .tls = mapping.tls,
          .resolver = mapping.resolver,
          .marker = mapping.cluster_tag,
          .stats_name = mapping.stats_name,
          .is_http = false,
          .enable_ipv4 = mapping.enable_ipv4,
          .enable_ipv6 = mapping.enable_ipv6,
          .circuit_breakers = mapping.circuit_breakers};
}

std::string BackendName(const Context& context, const BackendRequest& request, const Backend& backend) {
  std::vector<std::string> parts = {"cluster", request.marker, backend.service.ToString()};
  if (backend.originates_tls) {
    parts.push_back("otls");
    if (backend.tls != nullptr && backend.service.scheme.empty()) parts.push_back(backend.tls->name);
    if (!request.host_rewrite.empty()) parts.push_back(absl::StrCat("hr-", request.host_rewrite));
  }
  parts.push_back(request.ns);
  for (std::string& part : NamePartsOf(BreakersOf(context, request))) parts.push_back(std::move(part));
  if (const auto& policy = LoadBalancerOf(context, request)) parts.push_back(NamePartOf(*policy));
  return ClusterName(parts);
}

Shared<ir::UpstreamId> AddBackend(Context& context, const BackendRequest& request, const Backend& backend) {
  const ModuleSettings& module = context.module;
  ir::Upstream upstream;
  upstream.id.name = BackendName(context, request, backend);
  ServiceName schemeless = backend.service;
  schemeless.scheme.clear();
  const std::string& stats_name =
      request.is_http && request.stats_name.empty() ? module.stats_name : request.stats_name;
  upstream.stat_name = StatName(stats_name.empty() ? schemeless.ToString() : stats_name);
  upstream.discovery = Discover(context, request, backend);
  if (const auto& policy = LoadBalancerOf(context, request)) upstream.load_balancing = LoadBalancingOf(*policy);
  upstream.http2 = request.grpc;
  if (backend.originates_tls) {
    upstream.tls = backend.tls == nullptr ? ir::UpstreamTls{} : UpstreamTlsOf(*backend.tls);
  }
  if (request.connect_timeout_ms) upstream.connect_timeout = milliseconds(*request.connect_timeout_ms);
  upstream.idle_timeout = Milliseconds(request.cluster_idle_timeout_ms, module.cluster_idle_timeout);
  upstream.max_connection_lifetime =
      Milliseconds(request.cluster_max_connection_lifetime_ms, module.cluster_max_connection_lifetime);
  const auto& keepalive = request.keepalive ? request.keepalive : module.keepalive;
  if (keepalive) upstream.keepalive = KeepaliveOf(*keepalive);
  upstream.circuit_breakers = CircuitBreakersOf(BreakersOf(context, request));
  upstream.health_checks = ActiveChecks(context, request, backend);
  if (request.is_http && !request.grpc) upstream.header_case = module.http.header_case;
  return context.builder.AddUpstream(std::move(upstream), request.origin);
}

}  // namespace nuncio::translate::emissary
