#include "nuncio/translate/fingerprint.h"

#include <chrono>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nuncio/base/digest.h"

namespace nuncio::translate {
namespace {

// Writes values one behind the other so that no two sequences of values give the same text: strings and lists carry
// their length, optionals and variants say what they hold.
class Text {
 public:
  Text& operator<<(const std::string& value) {
    absl::StrAppend(&text_, value.size(), ":", value);
    return *this;
  }
  template <typename T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) Text& operator<<(T value) {
    absl::StrAppend(&text_, static_cast<int64_t>(value), ";");
    return *this;
  }
  Text& operator<<(std::chrono::milliseconds value) { return *this << value.count(); }
  template <typename T>
  Text& operator<<(const std::optional<T>& value) {
    *this << value.has_value();
    return value ? *this << *value : *this;
  }
  template <typename T>
  Text& operator<<(const std::vector<T>& values) {
    *this << values.size();
    for (const T& value : values) *this << value;
    return *this;
  }
  template <typename... T>
  Text& operator<<(const std::variant<T...>& value) {
    *this << value.index();
    std::visit([this](const auto& held) { *this << held; }, value);
    return *this;
  }
  Text& operator<<(const ir::DnsDiscovery& v) {
    return *this << v.host << v.port << v.logical << v.respect_ttl << v.family;
  }
  Text& operator<<(const ir::StaticDiscovery& v) { return *this << v.address << v.port; }
  Text& operator<<(const ir::EndpointDiscovery& v) { return *this << v.endpoint_set; }
  Text& operator<<(const ir::SecretId& v) { return *this << v.value; }
  Text& operator<<(const ir::TlsParameters& v) {
    return *this << v.minimum << v.maximum << v.cipher_suites << v.ecdh_curves;
  }
  Text& operator<<(const ir::UpstreamTls& v) {
    return *this << v.certificate << v.trust << v.sni << v.alpn << v.parameters;
  }
  Text& operator<<(const ir::TcpKeepalive& v) { return *this << v.probes << v.idle_seconds << v.interval_seconds; }
  Text& operator<<(const ir::CircuitBreaker& v) {
    return *this << v.priority << v.max_connections << v.max_pending_requests << v.max_requests << v.max_retries;
  }
  Text& operator<<(const ir::HttpHealthCheck::StatusRange& v) { return *this << v.first << v.last; }
  Text& operator<<(const ir::HttpHealthCheck::AddedHeader& v) { return *this << v.name << v.value << v.append; }
  Text& operator<<(const ir::HttpHealthCheck& v) {
    return *this << v.path << v.host << v.add_request_headers << v.remove_request_headers << v.expected_statuses;
  }
  Text& operator<<(const ir::GrpcHealthCheck& v) { return *this << v.service_name << v.authority; }
  Text& operator<<(const ir::HealthCheck& v) {
    return *this << v.timeout << v.interval << v.unhealthy_threshold << v.healthy_threshold << v.probe;
  }
  Text& operator<<(const ir::HeaderCase& v) { return *this << v.proper_case << v.spellings; }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string Fingerprint(const ir::Upstream& upstream) {
  Text text;
  text << upstream.stat_name << upstream.discovery << upstream.load_balancing << upstream.http2 << upstream.tls
       << upstream.connect_timeout << upstream.idle_timeout << upstream.max_connection_lifetime << upstream.keepalive
       << upstream.circuit_breakers << upstream.health_checks << upstream.header_case;
  return Digest(text.text());
}

}  // namespace nuncio::translate
