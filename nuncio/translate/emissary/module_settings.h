#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/base/boxed.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/listener.h"
#include "nuncio/resource/emissary_common.h"
#include "nuncio/resource/module.h"
#include "nuncio/translate/options.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// One of the three internal Mappings (liveness, readiness, diagnostics).
struct ProbeSettings {
  bool enabled = true;
  std::string prefix;
  std::string rewrite;
  std::string service;
  bool operator==(const ProbeSettings&) const = default;
};

// The `ambassador` Module, read key by key, with the documented default for each key that is absent or wrong. Keys that
// concern services which are not built yet are left for them.
struct ModuleSettings {
  ir::Origin origin;  // empty name: there is no Module

  // Listeners. Everything but the stat prefix, trusted hops and stream limit, which each Listener sets.
  ir::HttpSettings http;
  std::optional<uint32_t> buffer_limit_bytes;

  // Defaults for Mappings and TCPMappings.
  std::string resolver = "kubernetes-service";
  std::chrono::milliseconds request_timeout{3000};
  std::optional<std::chrono::milliseconds> cluster_idle_timeout;
  std::optional<std::chrono::milliseconds> cluster_max_connection_lifetime;
  bool enable_ipv4 = true;
  bool enable_ipv6 = false;
  bool add_linkerd_headers = false;
  uint32_t regex_max_size = 200;
  bool use_own_namespace_for_services = false;
  bool tls_secret_namespacing = true;
  Boxed<resource::Cors> cors;
  Boxed<resource::RetryPolicy> retry_policy;
  Boxed<resource::LoadBalancer> load_balancer;
  std::optional<resource::KeepAlive> keepalive;
  std::vector<resource::CircuitBreaker> circuit_breakers;
  Boxed<resource::AddedHeaders> add_request_headers;
  Boxed<resource::AddedHeaders> add_response_headers;
  Boxed<std::vector<std::string>> remove_request_headers;
  Boxed<std::vector<std::string>> remove_response_headers;
  std::string stats_name;

  ProbeSettings liveness;
  ProbeSettings readiness;
  ProbeSettings diagnostics;

  bool operator==(const ModuleSettings&) const = default;
};

// REQUIRES: `module` is the one named "ambassador" that counts, or null.
ModuleSettings ReadModule(const resource::Module* module, const Options& options, Report& report);

}  // namespace nuncio::translate::emissary
