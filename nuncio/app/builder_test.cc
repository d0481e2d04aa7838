#include "nuncio/app/builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/fake_clock.h"
#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::app {
namespace {

using testing::HasSubstr;
using translate::emissary::Emissary;

store::SnapshotPtr WithCertificates() {
  const auto host = [](const std::string& name, int64_t not_after) {
    return Emissary("Host", name, Cat("hostname: ", name, ".example, tlsSecret: {name: ", name, "}")) +
           translate::TlsSecret(name, "default", MakePair(1000, not_after));
  };
  return std::make_shared<const store::Snapshot>(translate::emissary::SnapshotOf(
      Emissary("Listener", "l",
               "port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}") +
      host("first", 2000) + host("second", 3000) + host("third", 4000)));
}

TEST(BuilderTest, ACertificateThatExpiresIsAFindingAtThatMoment) {
  FakeClock clock(1500);
  xds::Cache cache([](const xds::Progress&) {});
  diag::Metrics metrics;
  diag::Health health([] { return true; });
  Builder builder({}, cache, metrics, health, clock);
  const auto numbers = [&] { return metrics.Text(cache.progress()); };

  builder.Put({WithCertificates(), std::chrono::steady_clock::now()});
  // It waits again only when the generation is made.
  EXPECT_EQ(clock.AwaitedMoment(), 2001);
  EXPECT_THAT(numbers(), HasSubstr("nuncio_findings{severity=\"error\"} 0"));
  clock.Set(2001);
  EXPECT_EQ(clock.AwaitedMoment(), 3001);
  EXPECT_THAT(numbers(), HasSubstr("nuncio_findings{severity=\"error\"} 1"));
  clock.Set(3500);
  EXPECT_EQ(clock.AwaitedMoment(), 4001);
  EXPECT_THAT(numbers(), HasSubstr("nuncio_findings{severity=\"error\"} 2"));
  EXPECT_EQ(cache.progress().latest, 3u);
}

}  // namespace
}  // namespace nuncio::app
