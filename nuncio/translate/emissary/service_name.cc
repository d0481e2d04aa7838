#include "nuncio/translate/emissary/service_name.h"

#include <arpa/inet.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace nuncio::translate::emissary {
namespace {

absl::StatusOr<std::string> Unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      return absl::InvalidArgumentError("holds a '%' that is not followed by two hexadecimal digits");
    }
    out += absl::HexStringToBytes(text.substr(i + 1, 2));
    i += 2;
  }
  return out;
}

absl::StatusOr<int64_t> ParsePort(const std::string& text) {
  int64_t port = 0;
  if (text.empty() || !absl::SimpleAtoi(text, &port) || port < 0) {
    return absl::InvalidArgumentError(absl::StrCat("has '", text, "' where a port number should stand"));
  }
  return port;
}

}  // namespace

std::string ServiceName::ToString() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string out = scheme.empty() ? "" : absl::StrCat(scheme, "://");
  absl::StrAppend(&out, is_ipv6 ? absl::StrCat("[", host, "]") : host);
  if (port) absl::StrAppend(&out, ":", *port);
  return out;
}

absl::StatusOr<ServiceName> ParseServiceName(std::string_view text) {
  ServiceName service;
  std::string_view rest = text;
  if (const size_t scheme_end = rest.find("://"); scheme_end != std::string_view::npos) {
    service.scheme = rest.substr(0, scheme_end);
    rest.remove_prefix(scheme_end + 3);
  }
  rest = rest.substr(0, rest.find_first_of("/?#"));
  std::string_view host = rest, port;
  bool has_port = false;
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return absl::InvalidArgumentError("has a '[' without its ']'");
    host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return absl::InvalidArgumentError("has text between ']' and the port");
    if (has_port) port = rest.substr(1);
  } else if (const size_t colon = rest.find(':'); colon != std::string_view::npos) {
    if (rest.find(':', colon + 1) != std::string_view::npos) {
      return absl::InvalidArgumentError("holds an IPv6 address without brackets; write [address]:port");
    }
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
    has_port = true;
  }
  auto unescaped = Unescape(std::string(host));
  if (!unescaped.ok()) return unescaped.status();
  service.host = absl::AsciiStrToLower(*unescaped);
  if (service.host.empty()) return absl::InvalidArgumentError("names no host");
  if (has_port) {
    auto number = ParsePort(std::string(port));
    if (!number.ok()) return number.status();
    service.port = *number;
  }
  return service;
}

bool IsIpAddress(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  const std::string without_zone = host.substr(0, host.find('%'));
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 || inet_pton(AF_INET6, without_zone.c_str(), buffer) == 1;
}

void Qualify(ServiceName& service, std::string_view ns) {
  if (service.host.find_first_of(".:") != std::string::npos || service.host == "localhost") return;
  absl::StrAppend(&service.host, ".", std::string(ns));
}

}  // namespace nuncio::translate::emissary
