#include "nuncio/kube/outage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutageTest : public ::testing::Test {
 protected:
  void Wait(Outage::Wait& wait, const std::string& name, Duration pause = Duration(0)) {
    wait.Set(pause, [this, name](bool) { woken_.push_back(name); });
  }
  bool IsAsked() { return world_.IsOpen("=/readyz"); }

  FakeLoop world_;
  Outage outage_{world_};
  Outage::Wait a_{world_, outage_}, b_{world_, outage_};
  std::vector<std::string> woken_;
};

TEST_F(OutageTest, OneQuestionAtATimeForAll) {
  EXPECT_EQ(world_.AdvanceToNextTimer(), Duration(0)) << "nothing waits, nothing is asked";
  Wait(a_, "a");
  EXPECT_THAT(world_.open(), IsEmpty()) << "a pause comes first";
  world_.Advance(Duration(500));
  Wait(b_, "b");
  world_.Advance(Duration(500));
  EXPECT_TRUE(IsAsked());
  world_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(world_.history().size(), 1u);
  EXPECT_THAT(woken_, IsEmpty());
  world_.Answer(200, "ok");
  EXPECT_THAT(woken_, ElementsAre("a", "b"));
  EXPECT_FALSE(a_.running());
  EXPECT_EQ(world_.AdvanceToNextTimer(), Duration(0));
}

TEST_F(OutageTest, PausesAreStretchedByChanceAndLongerWithoutCredentials) {
  world_.random = 0.75;
  Wait(a_, "a");
  EXPECT_EQ(world_.AdvanceToNextTimer().count(), 1750);
  world_.End(absl::UnavailableError("refused"));
  EXPECT_EQ(world_.AdvanceToNextTimer().count(), 1750);
  world_.End(absl::UnauthenticatedError("the exec plugin fails"));
  EXPECT_EQ(world_.AdvanceToNextTimer().count(), 8750);
  EXPECT_THAT(woken_, IsEmpty());
}

TEST_F(OutageTest, WhichAnswersEndIt) {
  struct Case {
    int status;
    bool want;
  };
  for (const Case& c : {Case{200, true}, Case{401, false}, Case{403, true}, Case{404, true}, Case{429, true},
                        Case{500, false}, Case{503, false}}) {
    woken_.clear();
    Wait(a_, "a");
    while (!IsAsked()) world_.AdvanceToNextTimer();
    world_.Answer(c.status, "");
    EXPECT_EQ(!woken_.empty(), c.want) << c.status;
  }
}

TEST_F(OutageTest, AServerThatIsNeverReadyIsTakenAsItIsAfterTenSeconds) {
  Wait(a_, "a");
  world_.AdvanceToNextTimer();
  const Time first = world_.Now();
  while (woken_.empty()) {
    ASSERT_TRUE(world_.Answer(500, "[-]etcd failed"));
    world_.AdvanceToNextTimer();
  }
  EXPECT_EQ(world_.Now() - first, Outage::kPatience);
}

TEST_F(OutageTest, WhoHasToPauseIsNotWokenBefore) {
  Wait(a_, "a");
  Wait(b_, "b", std::chrono::seconds(5));
  world_.Advance(Outage::kPause);
  world_.Answer(200, "ok");
  EXPECT_THAT(woken_, ElementsAre("a"));
  EXPECT_EQ(world_.AdvanceToNextTimer(), std::chrono::seconds(4));
  EXPECT_FALSE(IsAsked());
  EXPECT_EQ(world_.AdvanceToNextTimer(), Outage::kPause);
  world_.Answer(200, "ok");
  EXPECT_THAT(woken_, ElementsAre("a", "b"));
}

TEST_F(OutageTest, WhoLeavesIsNotWokenAndTheLastOneEndsTheQuestions) {
  auto gone = std::make_unique<Outage::Wait>(world_, outage_);
  // Ends another that is to be woken in the same moment, and waits again itself.
  a_.Set(Duration(0), [&](bool) {
    gone.reset();
    Wait(a_, "again");
  });
  Wait(*gone, "gone");
  world_.AdvanceToNextTimer();
  world_.Answer(200, "ok");
  EXPECT_THAT(woken_, IsEmpty());
  world_.AdvanceToNextTimer();
  EXPECT_TRUE(IsAsked());
  a_.Stop();
  EXPECT_FALSE(IsAsked());
  EXPECT_EQ(world_.AdvanceToNextTimer(), Duration(0));
}

TEST_F(OutageTest, APauseOfItsOwnEndsEarlyWhenTheServerComesBack) {
  constexpr Duration kLong = std::chrono::minutes(1);
  std::vector<bool> woken;
  const auto wake = [&](bool came_back) { woken.push_back(came_back); };
  a_.Pause(kLong, wake);
  b_.Pause(kLong, wake);
  world_.Advance(Outage::kPause);
  ASSERT_TRUE(world_.Answer(200, "ok", "=/readyz"));
  EXPECT_THAT(woken, IsEmpty()) << "it was not away";
  world_.Advance(kLong - Outage::kPause - Duration(1));
  EXPECT_EQ(world_.history().size(), 1u) << "and is not asked again";
  world_.Advance(Duration(1));
  EXPECT_THAT(woken, ElementsAre(false, false));

  woken.clear();
  a_.Pause(kLong, wake);
  b_.Pause(std::chrono::seconds(2), wake);
  for (const int status : {502, 503, 401, 0}) {
    world_.Advance(Outage::kPause);
    ASSERT_TRUE(status == 0 ? world_.End(absl::UnavailableError("refused"), "=/readyz")
                            : world_.Answer(status, "<html>", "=/readyz"));
    EXPECT_THAT(woken, IsEmpty()) << "while it is away no pause is over";
  }
  world_.Advance(Outage::kPause);
  ASSERT_TRUE(world_.Answer(200, "ok", "=/readyz"));
  EXPECT_THAT(woken, ElementsAre(true, true));
  EXPECT_EQ(world_.AdvanceToNextTimer(), Duration(0));
}

}  // namespace
}  // namespace nuncio::kube
