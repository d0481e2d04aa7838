#include "nuncio/translate/emissary/traffic_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio::translate::emissary {
namespace {

using Weights = std::vector<std::optional<int64_t>>;
constexpr std::nullopt_t kUnset = std::nullopt;

// "member:threshold" of each share, in order.
std::string Text(const TrafficShares& shares) {
  std::string text;
  for (const TrafficShare& share : shares.shares)
    text += Cat(text.empty() ? "" : " ", share.member, ":", share.threshold);
  return text;
}

TEST(TrafficShares, FollowTheWeights) {
  struct Case {
    Weights weights;
    const char* want;
  };
  const Case cases[] = {
      {{kUnset}, "0:100"},
      {{7}, "0:100"},
      {{0}, "0:100"},
      {{10, 40, kUnset}, "0:10 1:50 2:100"},
      {{kUnset, 10, 40}, "1:10 2:50 0:100"},
      {{kUnset, kUnset}, "0:50 1:100"},
      {{kUnset, kUnset, kUnset}, "0:33 1:66 2:100"},
      {{kUnset, kUnset, kUnset, kUnset, kUnset, kUnset, kUnset, kUnset}, "0:12 1:24 2:36 3:48 4:60 5:72 6:84 7:100"},
      {{94, kUnset, kUnset, kUnset, kUnset}, "0:94 1:96 2:98 3:100"},
      {{1, kUnset, kUnset}, "0:1 1:51 2:100"},
      {{5, kUnset, kUnset}, "0:5 1:53 2:100"},
      {{100, kUnset}, "0:100"},
      {{0, kUnset}, "1:100"},
      {{20, 30}, "0:20 1:50"},
      {{0, 0}, ""},
      {{60, 60}, "0:60 1:100"},
      {{60, 60, 10, kUnset}, "0:60 1:100"},
      {{101, 30}, "1:30"},
      {{-1, kUnset}, "1:100"},
  };
  for (const Case& c : cases) EXPECT_EQ(Text(ShareTraffic(c.weights)), c.want);
}

TEST(TrafficShares, NameTheWrongWeights) {
  const TrafficShares shares = ShareTraffic({60, 101, 60, -1, 5});
  EXPECT_THAT(shares.out_of_range, testing::ElementsAre(1, 3));
  EXPECT_THAT(shares.above_hundred, testing::ElementsAre(2, 4));
  EXPECT_EQ(Text(shares), "0:60 2:100");
  EXPECT_EQ(shares.shares[1].percent, 40u);
}

}  // namespace
}  // namespace nuncio::translate::emissary
