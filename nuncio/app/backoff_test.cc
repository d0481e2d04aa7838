#include "nuncio/app/backoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace nuncio::app {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr Backoff::Limits kLimits = {
    .first = milliseconds(100), .longest = milliseconds(500), .while_lived = milliseconds(1000)};

TEST(BackoffTest, DoublesUpToTheLongest) {
  Backoff backoff(kLimits, [] { return 0.5; });
  std::vector<int64_t> delays;
  for (int i = 0; i < 5; ++i) delays.push_back(backoff.NextDelay(milliseconds(1)).count());
  EXPECT_THAT(delays, ElementsAre(100, 200, 400, 500, 500));
}

TEST(BackoffTest, ALongLifeStartsItOver) {
  Backoff backoff(kLimits, [] { return 0.5; });
  (void)backoff.NextDelay(milliseconds(1));
  EXPECT_EQ(backoff.NextDelay(milliseconds(999)).count(), 200);
  EXPECT_EQ(backoff.NextDelay(milliseconds(1000)).count(), 100);
  EXPECT_EQ(backoff.NextDelay(milliseconds(1)).count(), 200);
}

TEST(BackoffTest, ChanceMovesItByAFifth) {
  Backoff low(kLimits, [] { return 0.0; });
  Backoff high(kLimits, [] { return 1.0; });
  EXPECT_EQ(low.NextDelay(milliseconds(1)).count(), 80);
  EXPECT_EQ(high.NextDelay(milliseconds(1)).count(), 120);
}

}  // namespace
}  // namespace nuncio::app
