#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace nuncio::translate::emissary {

// `[scheme://]host[:port]`, as the `service` of a Mapping or TCPMapping spells it.
struct ServiceName {
  std::string scheme;           // as written; empty: none
  std::string host;             // lower case; an IPv6 address without its brackets
  std::optional<int64_t> port;  // as written: may be out of range

  // The canonical spelling: "scheme://host:port", an IPv6 host in brackets.
  std::string ToString() const;
};

// Errors (InvalidArgument): no host, an unbracketed IPv6 address, a port that is no number, a bad percent escape. A
// path is dropped, as Emissary does.
absl::StatusOr<ServiceName> ParseServiceName(std::string_view text);

bool IsIpAddress(const std::string& host);

// Adds ".<ns>" to a name that a Service of that namespace is meant by: one without dots that is neither an address nor
// "localhost".
void Qualify(ServiceName& service, std::string_view ns);

}  // namespace nuncio::translate::emissary
