#include "nuncio/diag/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nuncio::diag {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Optional;

xds::Progress At(uint64_t latest, uint64_t acknowledged) {
  xds::Progress progress;
  progress.latest = latest;
  progress.acknowledged = acknowledged;
  return progress;
}

TEST(HealthTest, ReadyComesStepByStepAndSaysWhatIsMissing) {
  bool envoy_ready = false;
  Health health([&] { return envoy_ready; });
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("being read")));
  health.OnSourceProblem("/etc/nuncio: no such folder");
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("no such folder")));
  health.OnSourceProblem("");
  health.OnProgress(At(1, 0));
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("not acknowledged")));
  health.OnProgress(At(1, 1));
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("not warm")));
  health.OnWarm();
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("Envoy does not say")));
  envoy_ready = true;
  EXPECT_EQ(health.Unready(), std::nullopt);
  health.OnDrain();
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("draining")));
}

TEST(HealthTest, ReadyIsNotLostByALaterChangeOrAFolderThatWentAway) {
  Health health([] { return true; });
  health.OnProgress(At(1, 1));
  health.OnWarm();
  health.OnProgress(At(2, 1));
  health.OnSourceProblem("/etc/nuncio: no such folder");
  EXPECT_EQ(health.Unready(), std::nullopt);
}

TEST(HealthTest, ReadyIsLostWhileEnvoyIsAway) {
  bool envoy_ready = true;
  Health health([&] { return envoy_ready; });
  health.OnProgress(At(1, 1));
  health.OnWarm();
  envoy_ready = false;
  EXPECT_THAT(health.Unready(), Optional(HasSubstr("Envoy")));
}

TEST(HealthTest, AThreadThatIsStuckIsNotAlive) {
  const auto start = std::chrono::steady_clock::now();
  Health health([] { return true; });
  EXPECT_EQ(health.Dead(start + seconds(1000)), std::nullopt) << "waiting for work is no work";
  {
    Health::Work work(health, Health::Worker::kBuilder, start);
    EXPECT_EQ(health.Dead(start + Health::kLongestWork), std::nullopt);
    EXPECT_THAT(health.Dead(start + Health::kLongestWork + seconds(1)), Optional(HasSubstr("building")));
  }
  EXPECT_EQ(health.Dead(start + seconds(1000)), std::nullopt);
}

}  // namespace
}  // namespace nuncio::diag
