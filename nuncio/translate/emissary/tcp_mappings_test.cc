#include "nuncio/translate/emissary/tcp_mappings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Tcp(std::string_view name, std::string_view spec) { return Emissary("TCPMapping", name, spec); }

// "address:port/host name cluster=weight ..." of each group.
std::vector<std::string> Translated(const std::string& manifests, std::vector<std::string>* findings = nullptr) {
  TestContext test(manifests);
  std::vector<std::string> lines;
  for (const TcpMappingGroup& group :
       TranslateTcpMappings(test.context, {{}, Resolvers(test.snapshot, test.options)})) {
    std::string line = Cat(group.address, ":", group.port, "/", group.host, " ", group.name);
    for (const auto& target : group.service.targets) line += Cat(" ", target.upstream.name, "=", target.weight);
    lines.push_back(std::move(line));
  }
  if (findings != nullptr) *findings = test.Findings();
  return lines;
}

TEST(TcpMappings, AreGroupedByAddressPortAndHost) {
  EXPECT_THAT(
      Translated(Tcp("a", "port: 6000, service: a.com:1") + Tcp("b", "port: 6000, host: x.com, service: b.com:1") +
                 Tcp("c", "port: 6000, address: 127.0.0.1, service: c.com:1") +
                 Tcp("d", "port: 500, service: d.com:1")),
      ElementsAre("0.0.0.0:500/ default/d cluster_d_com_1_default=100",
                  "0.0.0.0:6000/ default/a cluster_a_com_1_default=100",
                  "0.0.0.0:6000/x.com default/b cluster_b_com_1_default=100",
                  "127.0.0.1:6000/ default/c cluster_c_com_1_default=100"));
}

TEST(TcpMappings, GetTheirOwnPartOfTheConnections) {
  const auto two = [](const char* a, const char* b) {
    return Translated(Tcp("a", Cat("port: 1, service: a.com, ", a)) + Tcp("b", Cat("port: 1, service: b.com, ", b)));
  };
  const std::string place = "0.0.0.0:1/ default/a ";
  EXPECT_THAT(two("", ""), ElementsAre(place + "cluster_a_com_default=50 cluster_b_com_default=50"));
  EXPECT_THAT(two("weight: 70", "weight: 30"),
              ElementsAre(place + "cluster_a_com_default=70 cluster_b_com_default=30"));
  EXPECT_THAT(two("", "weight: 30"), ElementsAre(place + "cluster_b_com_default=30 cluster_a_com_default=70"));
  EXPECT_THAT(two("weight: 20", "weight: 20"),
              ElementsAre(place + "cluster_a_com_default=20 cluster_b_com_default=20"));
  EXPECT_THAT(two("weight: 0", "weight: 0"), IsEmpty());
}

TEST(TcpMappings, ReportWhatIsWrong) {
  struct Case {
    const char* spec;
    const char* finding;
  };
  const Case cases[] = {
      {"port: 1, address: here, service: a.com", "E mapping-invalid b spec.address"},
      {"port: 1, service: 'a.com:x'", "E service-invalid b spec.service"},
      {"port: 1, service: a.com, resolver: none", "E resolver-missing b spec.resolver"},
      {"port: 1, service: a.com, idle_timeout_ms: soon", "E mapping-invalid b spec.idle_timeout_ms"},
      {"port: 1, service: a.com, circuit_breakers: [{priority: high}, {priority: high}]",
       "E mapping-invalid b spec.circuit_breakers[1].priority"},
      {"port: 1, service: a.com, enable_ipv6: true", "E mapping-conflict b spec.enable_ipv6"},
      {"port: 1, service: a.com, circuit_breakers: [{max_retries: 1}]", "E mapping-conflict b spec.circuit_breakers"},
  };
  for (const Case& c : cases) {
    std::vector<std::string> findings;
    EXPECT_THAT(Translated(Tcp("a", "port: 1, service: a.com") + Tcp("b", c.spec), &findings),
                ElementsAre("0.0.0.0:1/ default/a cluster_a_com_default=100"))
        << c.spec;
    EXPECT_THAT(findings, ElementsAre(c.finding)) << c.spec;
  }
}

TEST(TcpMappings, CloseIdleConnections) {
  TestContext test(Tcp("a", "port: 1, service: a.com, idle_timeout_ms: '1500'"));
  EXPECT_EQ(TranslateTcpMappings(test.context, {{}, Resolvers(test.snapshot, test.options)}).at(0).service.idle_timeout,
            std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace nuncio::translate::emissary
