#include "nuncio/envoy/validate.h"

#include <arpa/inet.h>

#include <array>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/secret.pb.h"
#include "nuncio/envoy/names.h"
#include "nuncio/ir/format.h"
#include "nuncio/ir/tls_parameters.h"

namespace nuncio::envoy {
namespace {

// 32, 128, or 0 if it is no address.
uint32_t AddressBits(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return 32;
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return 128;
  return 0;
}

std::optional<Violation> CheckAddress(const std::string& field, const std::string& address) {
  if (AddressBits(address) != 0) return std::nullopt;
  return Violation{field, absl::StrCat("must be an IPv4 or IPv6 address, not \"", address, "\"")};
}

std::optional<Violation> CheckSecret(const std::string& field, const std::optional<ir::SecretId>& id,
                                     const References& known) {
  if (!id || known.secrets.contains(SecretName(*id))) return std::nullopt;
  return Violation{field, absl::StrCat("names the secret ", id->value, ", which is not usable; see its own finding")};
}

std::optional<Violation> CheckParameters(const ir::TlsParameters& parameters) {
  for (const std::string& element : parameters.cipher_suites) {
    if (!ir::IsCipherSuite(element)) return Violation{"tls_params.cipher_suites", "must not hold " + element};
  }
  std::set<std::string_view> curves;
  for (const std::string& name : parameters.ecdh_curves) {
    const std::string_view curve = ir::CurveOf(name);
    if (curve.empty()) return Violation{"tls_params.ecdh_curves", "must not hold " + name};
    if (!curves.insert(curve).second) return Violation{"tls_params.ecdh_curves", "must not hold " + name + " twice"};
  }
  return std::nullopt;
}

// `Tls` is a DownstreamTls or an UpstreamTls. TLS without the material it names is never weakened to TLS without it.
template <typename Tls>
std::optional<Violation> CheckTls(const std::optional<Tls>& tls, const References& known) {
  if (!tls) return std::nullopt;
  if (auto violation = CheckParameters(tls->parameters)) return violation;
  if (auto violation = CheckSecret("tls_certificate_sds_secret_configs", tls->certificate, known)) return violation;
  return CheckSecret("validation_context_sds_secret_config", tls->trust, known);
}

std::optional<Violation> CheckHeaderName(const std::string& field, const std::string& name) {
  if (!name.starts_with(':') && !absl::EqualsIgnoreCase(name, "host")) return std::nullopt;
  return Violation{field, absl::StrCat("must not be ", name, ": set the host by a host rewrite, leave pseudo-headers")};
}

std::optional<Violation> CheckFormat(const std::string& field, const std::string& format, ir::FormatUse use) {
  auto problem = ir::FormatProblem(format, use);
  return problem ? std::optional(Violation{field, *std::move(problem)}) : std::nullopt;
}

std::optional<Violation> CheckAccessLogs(const ir::HttpSettings& settings) {
  constexpr auto kUse = ir::FormatUse::kAccessLog;
  for (const ir::AccessLog& log : settings.access_logs) {
    if (auto violation = CheckFormat("access_log.log_format", log.text, kUse)) return violation;
    for (const auto& [key, format] : log.json) {
      if (auto violation = CheckFormat("access_log.log_format." + key, format, kUse)) return violation;
    }
  }
  return std::nullopt;
}

std::optional<Violation> CheckProbes(const ir::Upstream& upstream) {
  for (const ir::HealthCheck& check : upstream.health_checks) {
    const auto* http = std::get_if<ir::HttpHealthCheck>(&check.probe);
    if (http == nullptr) {
      if (!upstream.http2) return Violation{"health_checks.grpc_health_check", "needs an upstream that speaks HTTP/2"};
      continue;
    }
    for (const std::string& name : http->remove_request_headers) {
      if (auto violation = CheckHeaderName("health_checks.request_headers_to_remove", name)) return violation;
    }
    for (const auto& header : http->add_request_headers) {
      if (auto violation = CheckHeaderName("health_checks.request_headers_to_add", header.name)) return violation;
      if (auto violation = CheckFormat("health_checks.request_headers_to_add", header.value, ir::FormatUse::kHeader)) {
        return violation;
      }
    }
  }
  return std::nullopt;
}

std::optional<Violation> CheckRanges(const ir::HttpSettings& settings) {
  if (!settings.addresses) return std::nullopt;
  for (const ir::CidrRange& range : settings.addresses->ranges) {
    const uint32_t bits = AddressBits(range.address);
    if (bits != 0 && range.prefix_length <= bits) continue;
    return Violation{"rbac.principals", absl::StrCat("must hold ranges such as 10.0.0.0/8, not ", range.address, "/",
                                                     range.prefix_length)};
  }
  return std::nullopt;
}

std::optional<Violation> CheckServerNames(const ir::FilterChain& chain) {
  for (const std::string& name : chain.server_names) {
    const size_t star = name.rfind('*');
    if (star == std::string::npos || (star == 0 && name.starts_with("*."))) continue;
    return Violation{"filter_chain_match.server_names",
                     absl::StrCat("must hold full names or \"*.\" and a suffix, not \"", name, "\"")};
  }
  return std::nullopt;
}

std::optional<Violation> CheckTargets(const ir::FilterChain& chain, const References& known) {
  const auto* tcp = std::get_if<ir::TcpService>(&chain.service);
  if (tcp == nullptr) return std::nullopt;
  for (const ir::TcpService::Target& target : tcp->targets) {
    if (target.weight == 0 || known.clusters.contains(ClusterName(target.upstream))) continue;
    return Violation{"tcp_proxy.clusters", absl::StrCat("names ", target.upstream.name, ", which is not usable")};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> FindViolation(const ir::Secret& secret, const pb::Secret& proto) {
  if (const auto* trust = std::get_if<ir::TrustMaterial>(&secret.material)) {
    if (trust->revocations && !trust->authorities) {
      return Violation{"validation_context.crl", "needs authorities beside it: add the CA certificate"};
    }
  }
  return FirstViolation(proto);
}

std::optional<Violation> FindViolation(const ir::Upstream& upstream, const pb::Cluster& proto,
                                       const References& known) {
  if (const auto* address = std::get_if<ir::StaticDiscovery>(&upstream.discovery)) {
    if (auto violation = CheckAddress("load_assignment.endpoints", address->address)) return violation;
  }
  if (auto violation = CheckTls(upstream.tls, known)) return violation;
  if (auto violation = CheckProbes(upstream)) return violation;
  return FirstViolation(proto);
}

std::optional<Violation> FindViolation(const ir::Endpoint& endpoint) {
  if (endpoint.port == 0) return Violation{"port_value", "must be from 1 to 65535"};
  return CheckAddress("address", endpoint.address);
}

std::optional<Violation> FindViolation(const ir::VirtualHost& host, const pb::VirtualHost& proto) {
  if (auto violation = FindViolation(host.response_headers, "response_headers_to_add")) return violation;
  return FirstViolation(proto);
}

std::optional<Violation> FindViolation(const ir::Listener& listener, const ir::FilterChain& chain,
                                       const pb::FilterChain& proto, const References& known) {
  if (auto violation = CheckServerNames(chain)) return violation;
  if (auto violation = CheckTls(chain.tls, known)) return violation;
  if (auto violation = CheckTargets(chain, known)) return violation;
  if (std::holds_alternative<ir::HttpService>(chain.service)) {
    if (auto violation = CheckRanges(listener.http)) return violation;
    if (auto violation = CheckAccessLogs(listener.http)) return violation;
  }
  if (listener.transport == ir::Listener::Transport::kQuic && !chain.tls) {
    return Violation{"transport_socket", "must be set: QUIC is always encrypted, give the host a certificate"};
  }
  if (listener.transport == ir::Listener::Transport::kQuic && !chain.tls->trust &&
      chain.tls->require_client_certificate.value_or(false)) {
    return Violation{"require_client_certificate", "needs a CA to judge certificates by: over QUIC Envoy asks for one"};
  }
  return FirstViolation(proto);
}

std::optional<Violation> FindViolation(const ir::Listener& listener, const pb::Listener& proto) {
  if (auto violation = CheckAddress("address", listener.address)) return violation;
  if (listener.port == 0) return Violation{"port_value", "must be from 1 to 65535"};
  return FirstViolation(proto);
}

std::optional<Violation> FindViolation(const ir::HeaderEdits& edits, const std::string& field) {
  for (const ir::AddedHeader& header : edits.add) {
    if (auto violation = CheckHeaderName(field, header.name)) return violation;
    if (auto violation = CheckFormat(field, header.value, ir::FormatUse::kHeader)) return violation;
  }
  for (const std::string& name : edits.remove) {
    if (auto violation = CheckHeaderName(field, name)) return violation;
  }
  return std::nullopt;
}

}  // namespace nuncio::envoy
