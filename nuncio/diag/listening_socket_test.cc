#include "nuncio/diag/listening_socket.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nuncio::diag {
namespace {

bool Connects(int family, uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  const int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = family == AF_INET ? connect(client, reinterpret_cast<sockaddr*>(&v4), sizeof(v4)) == 0
                                           : connect(client, reinterpret_cast<sockaddr*>(&v6), sizeof(v6)) == 0;
  close(client);
  return connected;
}

// A machine may have no IPv6; then nothing is expected of it.
bool HasIpv6() {
  const auto probe = Listen({"::1"});
  if (probe.ok()) close(probe->descriptor);
  return probe.ok();
}

TEST(ListeningSocketTest, AnAddressStandsForAllOfItsFamily) {
  struct Case {
    const char* address;
    IpFamily family;
    bool v4;
    bool v6;
  };
  for (const Case& c : {
           Case{"0.0.0.0", IpFamily::kAny, true, true},
           Case{"::", IpFamily::kAny, true, true},
           Case{"0.0.0.0", IpFamily::kIpv4Only, true, false},
           Case{"::", IpFamily::kIpv4Only, true, false},
           Case{"0.0.0.0", IpFamily::kIpv6Only, false, true},
           Case{"::", IpFamily::kIpv6Only, false, true},
           Case{"127.0.0.1", IpFamily::kAny, true, false},
           Case{"127.0.0.1", IpFamily::kIpv4Only, true, false},
           Case{"localhost", IpFamily::kIpv4Only, true, false},
           Case{"::1", IpFamily::kAny, false, true},
           Case{"::1", IpFamily::kIpv6Only, false, true},
       }) {
    SCOPED_TRACE(c.address + std::to_string(static_cast<int>(c.family)));
    if (!c.v4 && !HasIpv6()) continue;
    // Another process may have this very port of the family that is not listened to, but not three times.
    bool as_wanted = false;
    for (int i = 0; i < 3 && !as_wanted; ++i) {
      const auto listening = Listen({c.address, c.family});
      ASSERT_TRUE(listening.ok()) << listening.status();
      as_wanted =
          Connects(AF_INET, listening->port) == c.v4 && Connects(AF_INET6, listening->port) == (c.v6 && HasIpv6());
      close(listening->descriptor);
    }
    EXPECT_TRUE(as_wanted);
  }
}

TEST(ListeningSocketTest, AnAddressOfAnotherFamilyIsRefused) {
  for (const ListenAddress& wanted : {ListenAddress{"127.0.0.1", IpFamily::kIpv6Only},
                                      ListenAddress{"::1", IpFamily::kIpv4Only}, ListenAddress{"not an address"}}) {
    EXPECT_EQ(Listen(wanted).status().code(), absl::StatusCode::kUnavailable) << wanted.address;
  }
}

}  // namespace
}  // namespace nuncio::diag
