#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/upstream.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/endpoints.h"
#include "nuncio/translate/emissary/resolvers.h"
#include "nuncio/translate/emissary/service_name.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// What a Mapping or a TCPMapping says of the service that it leads to.
struct BackendRequest {
  ir::Origin origin;
  std::string ns;
  std::string service;
  std::string tls;
  std::string resolver;
  std::string marker;  // sets clusters apart: `cluster_tag`, or "shadow"
  std::string stats_name;
  std::string host_rewrite;
  std::string dns_type;
  bool grpc = false;
  bool respect_dns_ttl = false;
  bool is_http = true;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::optional<int64_t> connect_timeout_ms;
  std::optional<int64_t> cluster_idle_timeout_ms;
  std::optional<int64_t> cluster_max_connection_lifetime_ms;
  std::optional<resource::LoadBalancer> load_balancer;
  std::optional<std::vector<resource::CircuitBreaker>> circuit_breakers;
  std::optional<resource::KeepAlive> keepalive;
  std::vector<resource::HealthCheck> health_checks;
};

BackendRequest BackendOf(const resource::Mapping& mapping, const ir::Origin& origin);
BackendRequest BackendOf(const resource::TcpMapping& mapping, const ir::Origin& origin);

// What backends are looked up in. Made once for a translation; lives no longer than its context.
struct BackendSources {
  BackendSources(const Context& context, const TlsContexts& tls_contexts)
      : contexts(tls_contexts),
        endpoints(context.snapshot.endpoint_slices),
        resolvers(context.snapshot, context.options) {}
  const TlsContexts& contexts;
  EndpointIndex endpoints;
  Resolvers resolvers;
};

// A backend that can be reached, or at least looked for.
struct Backend {
  ServiceName service;    // qualified by the namespace
  std::string lookup_ns;  // of a Service that `service` names without a namespace
  bool has_port = false;  // whether the user wrote `port`
  uint16_t port = 0;
  bool originates_tls = false;
  const TlsSettings* tls = nullptr;  // null: none, or TLS without settings
  ResolverKind resolver = ResolverKind::kService;
};

// The service as Emissary normalises it (emissary reference 3.6). nullopt, with an error, when it is malformed.
std::optional<ServiceName> NormalisedService(Context& context, const BackendSources& sources,
                                             const BackendRequest& request);

// Checks everything that the request says. nullopt, with an error, when no cluster can be made of it.
std::optional<Backend> CheckBackend(Context& context, const BackendSources& sources, const BackendRequest& request);

// The cluster name of a backend, as dashboards know it.
std::string BackendName(const Context& context, const BackendRequest& request, const Backend& backend);

// Adds the upstream, and its endpoint set where it has one, to the model.
// REQUIRES: `backend` comes from CheckBackend(request).
ir::UpstreamId AddBackend(Context& context, const BackendSources& sources, const BackendRequest& request,
                          const Backend& backend);

}  // namespace nuncio::translate::emissary
