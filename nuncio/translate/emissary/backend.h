#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/upstream.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/resolvers.h"
#include "nuncio/translate/emissary/service_name.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

template <typename T>
inline const T kNothing{};

// What a Mapping or a TCPMapping says of the service that it leads to.
//
// A view: lives no longer than that object.
struct BackendRequest {
  std::shared_ptr<const ir::Origin> origin;
  const std::string& ns;
  const std::string& service;
  const std::string& tls;
  const std::string& resolver;
  const std::string& marker;  // sets clusters apart: `cluster_tag`, or "shadow"
  const std::string& stats_name;
  const std::string& host_rewrite = kNothing<std::string>;
  const std::string& dns_type = kNothing<std::string>;
  bool grpc = false;
  bool respect_dns_ttl = false;
  bool is_http = true;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::optional<int64_t> connect_timeout_ms;
  std::optional<int64_t> cluster_idle_timeout_ms;
  std::optional<int64_t> cluster_max_connection_lifetime_ms;
  const Boxed<resource::LoadBalancer>& load_balancer = kNothing<Boxed<resource::LoadBalancer>>;
  const std::optional<std::vector<resource::CircuitBreaker>>& circuit_breakers;
  const std::optional<resource::KeepAlive>& keepalive = kNothing<std::optional<resource::KeepAlive>>;
  const std::vector<resource::HealthCheck>& health_checks = kNothing<std::vector<resource::HealthCheck>>;
};

BackendRequest BackendOf(const resource::Mapping& mapping, std::shared_ptr<const ir::Origin> origin);
BackendRequest BackendOf(const resource::TcpMapping& mapping, std::shared_ptr<const ir::Origin> origin);

// What backends are looked up in.
struct BackendSources {
  TlsContexts contexts;
  Resolvers resolvers;
  bool operator==(const BackendSources&) const = default;
};

// A backend that can be reached, or at least looked for.
struct Backend {
  ServiceName service;    // qualified by the namespace
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

// Adds the upstream to the model, and its endpoint set, where it has one, to what is needed of them.
// REQUIRES: `backend` comes from CheckBackend(request).
Shared<ir::UpstreamId> AddBackend(Context& context, const BackendRequest& request, const Backend& backend);

}  // namespace nuncio::translate::emissary
