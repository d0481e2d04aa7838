#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace nuncio::diag {

// Over which version of IP a port is served.
enum class IpFamily { kAny, kIpv4Only, kIpv6Only };

// What is to be listened on. An address that stands for all of this machine's ("0.0.0.0", "::") stands for those of the
// family, whichever of the two it is: with kAny both, on a machine that has both.
struct ListenAddress {
  std::string address = "0.0.0.0";  // or a name
  IpFamily family = IpFamily::kAny;
  uint16_t port = 0;  // 0: a free one

  bool all() const { return address == "0.0.0.0" || address == "::"; }
};

struct ListeningSocket {
  int descriptor = -1;  // of whoever has it
  uint16_t port = 0;
};

// Errors: Unavailable for an address of another family and for what the kernel says, such as a port that is taken. It
// is not shared with another process (SO_REUSEPORT), which would take half of the connections.
absl::StatusOr<ListeningSocket> Listen(const ListenAddress& wanted);

}  // namespace nuncio::diag
