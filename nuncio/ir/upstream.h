#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/ir/match.h"
#include "nuncio/ir/tls.h"

namespace nuncio::ir {

// The identity of an upstream, made by its translator. `name` is what people and dashboards know it by and may be
// shared by upstreams that differ in policy; `discriminator` is a digest of everything else. Together they are
// injective.
struct UpstreamId {
  std::string name;
  std::string discriminator;
  auto operator<=>(const UpstreamId&) const = default;
};

enum class DnsFamily { kV4Only, kV6Only, kAuto };

struct DnsDiscovery {
  std::string host;
  uint16_t port = 0;
  bool logical = false;  // LOGICAL_DNS: one address at a time, for names with very many
  bool respect_ttl = false;
  DnsFamily family = DnsFamily::kV4Only;
  auto operator<=>(const DnsDiscovery&) const = default;
};

// A literal IP address.
struct StaticDiscovery {
  std::string address;
  uint16_t port = 0;
  auto operator<=>(const StaticDiscovery&) const = default;
};

// The endpoints are a resource of their own: the EndpointSet of this name in the same model.
struct EndpointDiscovery {
  std::string endpoint_set;
  auto operator<=>(const EndpointDiscovery&) const = default;
};

enum class LoadBalancing { kRoundRobin, kLeastRequest, kRingHash, kMaglev };

// Unset limits keep Envoy's default (1024, retries 3).
struct CircuitBreaker {
  enum class Priority { kDefault, kHigh };
  Priority priority = Priority::kDefault;
  std::optional<uint32_t> max_connections;
  std::optional<uint32_t> max_pending_requests;
  std::optional<uint32_t> max_requests;
  std::optional<uint32_t> max_retries;
  auto operator<=>(const CircuitBreaker&) const = default;
};

struct TcpKeepalive {
  std::optional<uint32_t> probes;
  std::optional<uint32_t> idle_seconds;
  std::optional<uint32_t> interval_seconds;
  auto operator<=>(const TcpKeepalive&) const = default;
};

struct HttpHealthCheck {
  struct StatusRange {
    uint32_t first = 0;
    uint32_t last = 0;  // inclusive
    auto operator<=>(const StatusRange&) const = default;
  };
  struct AddedHeader {
    std::string name;
    std::string value;
    bool append = true;
    auto operator<=>(const AddedHeader&) const = default;
  };
  std::string path;
  std::string host;
  std::vector<AddedHeader> add_request_headers;
  std::vector<std::string> remove_request_headers;
  std::vector<StatusRange> expected_statuses;
  auto operator<=>(const HttpHealthCheck&) const = default;
};

struct GrpcHealthCheck {
  std::string service_name;
  std::string authority;
  auto operator<=>(const GrpcHealthCheck&) const = default;
};

struct HealthCheck {
  std::chrono::milliseconds timeout{3000};
  std::chrono::milliseconds interval{5000};
  uint32_t unhealthy_threshold = 2;
  uint32_t healthy_threshold = 1;
  std::variant<HttpHealthCheck, GrpcHealthCheck> probe;
  auto operator<=>(const HealthCheck&) const = default;
};

// How header names are written in HTTP/1.1. At most one is set: proper case ("X-My-Header"), or the listed spellings.
struct HeaderCase {
  bool proper_case = false;
  std::vector<std::string> spellings;
  auto operator<=>(const HeaderCase&) const = default;
};

// A set of endpoints that requests are sent to, with everything that concerns the connections to them. One for each
// (service, port, policy), shared by all routes that name it.
struct Upstream {
  UpstreamId id;
  std::string stat_name;  // the name in Envoy's statistics
  std::variant<DnsDiscovery, StaticDiscovery, EndpointDiscovery> discovery;
  LoadBalancing load_balancing = LoadBalancing::kRoundRobin;
  bool http2 = false;
  std::optional<UpstreamTls> tls;
  std::chrono::milliseconds connect_timeout{3000};
  std::optional<std::chrono::milliseconds> idle_timeout;
  std::optional<std::chrono::milliseconds> max_connection_lifetime;
  std::optional<TcpKeepalive> keepalive;
  std::vector<CircuitBreaker> circuit_breakers;
  std::vector<HealthCheck> health_checks;
  std::optional<HeaderCase> header_case;
  std::vector<Shared<Origin>> origins;  // every object whose routes use it, sorted

  auto operator<=>(const Upstream&) const = default;
};

using UpstreamPtr = std::shared_ptr<const Upstream>;

struct Endpoint {
  std::string address;  // IPv4 or IPv6 literal
  uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// Invariant: endpoints are sorted and unique. An empty set is known to be empty: its upstream answers 503 at once.
struct EndpointSet {
  std::string name;
  std::vector<Endpoint> endpoints;
  std::vector<Origin> origins;
  auto operator<=>(const EndpointSet&) const = default;
};

using EndpointSetPtr = std::shared_ptr<const EndpointSet>;

}  // namespace nuncio::ir
