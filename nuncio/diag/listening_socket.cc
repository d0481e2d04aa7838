#include "nuncio/diag/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace nuncio::diag {
namespace {

constexpr int kBacklog = 128;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

uint16_t PortOf(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(bound).sin_port
                                          : reinterpret_cast<sockaddr_in6&>(bound).sin6_port);
}

// `both`: an address of IPv6 takes connections over IPv4, too.
absl::StatusOr<ListeningSocket> Open(int family, const std::string& address, uint16_t port, bool both) {
  const auto failure = [&](const char* why) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address, " port ", port, ": ", why));
  };
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int resolved = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (resolved != 0) return failure(gai_strerror(resolved));
  const std::unique_ptr<addrinfo, FreeAddresses> first(list);

  const int descriptor = socket(first->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failure(std::strerror(errno));
  const int on = 1;
  const int v6_only = both ? 0 : 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (first->ai_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only));
  if (bind(descriptor, first->ai_addr, first->ai_addrlen) == 0 && listen(descriptor, kBacklog) == 0) {
    return ListeningSocket{descriptor, PortOf(descriptor)};
  }
  const int error = errno;
  close(descriptor);
  return failure(std::strerror(error));
}

int NumberOf(IpFamily family) {
  if (family == IpFamily::kAny) return AF_UNSPEC;
  return family == IpFamily::kIpv4Only ? AF_INET : AF_INET6;
}

}  // namespace

absl::StatusOr<ListeningSocket> Listen(const ListenAddress& wanted) {
  if (!wanted.all()) return Open(NumberOf(wanted.family), wanted.address, wanted.port, false);
  if (wanted.family == IpFamily::kIpv4Only) return Open(AF_INET, "0.0.0.0", wanted.port, false);
  const bool both = wanted.family == IpFamily::kAny;
  const absl::StatusOr<ListeningSocket> v6 = Open(AF_INET6, "::", wanted.port, both);
  // The machine may have no IPv6.
  return v6.ok() || !both ? v6 : Open(AF_INET, "0.0.0.0", wanted.port, false);
}

}  // namespace nuncio::diag
