#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nuncio/base/shared_list.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/route.h"
#include "nuncio/ir/tls.h"

namespace nuncio::ir {

// The routes for one set of host names, in order: the first match wins.
struct VirtualHost {
  std::string name;  // unique within its route table
  // "*", "a.example.com", "*.example.com", "a.*", each with or without ":port". A domain stands in one virtual host
  // only.
  std::vector<std::string> domains;
  std::vector<RoutePtr> routes;
  Rare<HeaderEdits> response_headers;
  std::vector<Shared<Origin>> origins;

  bool operator==(const VirtualHost&) const = default;
};

using VirtualHostPtr = std::shared_ptr<const VirtualHost>;

// All that a chain of HTTP filters can route to. `name` is unique within its listener and owner-derived.
struct RouteTable {
  std::string name;
  SharedList<VirtualHostPtr> virtual_hosts;  // sorted by name

  bool operator==(const RouteTable&) const = default;
};

enum class ClientCertDetails { kSanitize, kForwardOnly, kAppendForward, kSanitizeSet, kAlwaysForwardOnly };
enum class UnderscoreAction { kAllow, kReject, kDrop };
enum class EscapedSlashes { kKeep, kReject, kUnescapeAndRedirect };

struct AccessLog {
  enum class Format { kText, kJson, kTypedJson };
  std::string path;
  Format format = Format::kText;
  std::string text;                         // kText; ends in a newline
  std::map<std::string, std::string> json;  // kJson, kTypedJson
  auto operator<=>(const AccessLog&) const = default;
};

struct CidrRange {
  std::string address;
  uint32_t prefix_length = 0;
  bool direct = false;  // true: the peer's own address; false: after X-Forwarded-For
  auto operator<=>(const CidrRange&) const = default;
};

struct AddressPolicy {
  bool allow = true;  // false: the listed are refused
  std::vector<CidrRange> ranges;
  auto operator<=>(const AddressPolicy&) const = default;
};

struct Gzip {
  std::optional<uint32_t> memory_level;
  std::optional<uint32_t> min_content_length;
  std::string compression_level;
  std::string compression_strategy;
  std::optional<uint32_t> window_bits;
  std::vector<std::string> content_types;
  std::optional<bool> disable_on_etag_header;
  std::optional<bool> remove_accept_encoding_header;
  auto operator<=>(const Gzip&) const = default;
};

struct GrpcStats {
  std::optional<bool> all_methods;
  std::vector<std::pair<std::string, std::vector<std::string>>> services;  // service, methods
  bool upstream_stats = false;
  auto operator<=>(const GrpcStats&) const = default;
};

// How HTTP connections of a listener are handled. The defaults are those that Emissary documents; limits that it leaves
// open are those of Envoy's edge best practices.
struct HttpSettings {
  std::string stat_prefix;
  std::string server_name = "envoy";
  bool use_remote_address = true;
  uint32_t xff_trusted_hops = 0;
  bool merge_slashes = false;
  EscapedSlashes escaped_slashes = EscapedSlashes::kKeep;
  UnderscoreAction underscores = UnderscoreAction::kAllow;
  bool accept_http10 = false;
  bool allow_chunked_length = false;
  bool preserve_external_request_id = false;
  bool strip_matching_host_port = false;
  bool suppress_envoy_headers = false;
  std::optional<uint32_t> max_request_headers_kb;
  std::optional<uint32_t> http2_max_concurrent_streams;
  std::optional<std::chrono::milliseconds> idle_timeout;
  std::optional<HeaderCase> header_case;
  std::optional<ClientCertDetails> forward_client_cert;
  std::vector<std::string> client_cert_details;  // "subject", "cert", "chain", "dns", "uri"
  std::vector<AccessLog> access_logs;

  // Filters, in the order in which they run; the router stands last always.
  bool grpc_http11_bridge = false;
  bool grpc_web = false;
  std::optional<GrpcStats> grpc_stats;
  std::string lua;  // inline code
  std::optional<Gzip> gzip;
  std::optional<uint32_t> buffer_max_request_bytes;
  std::optional<AddressPolicy> addresses;

  bool operator==(const HttpSettings&) const = default;
};

// HTTP requests, routed by a table that travels on its own (RDS).
struct HttpService {
  RouteTable routes;
  bool operator==(const HttpService&) const = default;
};

// Bytes, passed on to the upstreams by weight.
struct TcpService {
  struct Target {
    UpstreamId upstream;
    uint32_t weight = 1;
    auto operator<=>(const Target&) const = default;
  };
  std::string stat_prefix;
  std::vector<Target> targets;  // at least one with a weight above 0
  std::optional<std::chrono::milliseconds> idle_timeout;
  bool operator==(const TcpService&) const = default;
};

// The connections of a listener that share TLS settings and a service. Invariant: within a listener no two chains have
// the same (server_names, tls) match.
struct FilterChain {
  std::string name;
  // SNI to match: exact or "*.suffix"; empty: any. Only with `tls`.
  std::vector<std::string> server_names;
  std::optional<DownstreamTls> tls;  // unset: cleartext
  std::variant<HttpService, TcpService> service;
  std::vector<Origin> origins;  // beside those of its virtual hosts

  bool operator==(const FilterChain&) const = default;
};

// `origins` and those of the hosts, but not of their routes. May hold one twice.
std::vector<Origin> WithOriginsOf(const SharedList<VirtualHostPtr>& hosts, std::vector<Origin> origins);
// Every object that the chain is there for, but those of its routes: the Hosts, as a rule. May hold one twice.
std::vector<Origin> OriginsOf(const FilterChain& chain);

struct Listener {
  enum class Transport { kTcp, kQuic };
  std::string name;
  std::string address = "0.0.0.0";
  uint16_t port = 0;
  Transport transport = Transport::kTcp;
  // In the order in which the bytes are unwrapped.
  enum class ListenerFilter { kProxyProtocol, kTlsInspector };
  std::vector<ListenerFilter> listener_filters;
  std::optional<uint32_t> buffer_limit_bytes;
  HttpSettings http;                // for its HttpServices
  std::vector<FilterChain> chains;  // sorted by name
  std::vector<Origin> origins;

  bool operator==(const Listener&) const = default;
};

}  // namespace nuncio::ir
