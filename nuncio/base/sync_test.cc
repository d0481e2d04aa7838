#include "nuncio/base/sync.h"

#include <gtest/gtest.h>

#include <thread>

#include "nuncio/base/fake_clock.h"

namespace nuncio {
namespace {

TEST(Latest, GivesTheNewestOnce) {
  Latest<int> slot;
  slot.Put(1);
  slot.Put(2);
  EXPECT_EQ(slot.Take(), 2);
  slot.Put(3);
  slot.Close();
  EXPECT_EQ(slot.Take(), std::nullopt);
}

TEST(Latest, WaitsNoLongerThanToTheMoment) {
  FakeClock clock(100);
  Latest<int> slot;
  EXPECT_EQ(slot.TakeBefore(100, clock), std::nullopt);
  slot.Put(1);
  EXPECT_EQ(slot.TakeBefore(100, clock), 1) << "a value comes before the time";

  std::optional<int> taken = 7;
  std::thread waiter([&] { taken = slot.TakeBefore(200, clock); });
  EXPECT_EQ(clock.AwaitedMoment(), 200);
  clock.Set(199);
  EXPECT_EQ(clock.AwaitedMoment(), 200) << "it is not time yet";
  clock.Set(200);
  waiter.join();
  EXPECT_EQ(taken, std::nullopt);
  EXPECT_FALSE(slot.closed());
}

TEST(Latest, AValueEndsTheWaitForAMoment) {
  FakeClock clock(100);
  Latest<int> slot;
  std::optional<int> taken;
  std::thread waiter([&] { taken = slot.TakeBefore(200, clock); });
  EXPECT_EQ(clock.AwaitedMoment(), 200);
  slot.Put(5);
  waiter.join();
  EXPECT_EQ(taken, 5);
  slot.Close();
  EXPECT_EQ(slot.TakeBefore(200, clock), std::nullopt);
  EXPECT_TRUE(slot.closed());
}

TEST(SystemClock, ComesBackAtTheMomentWithoutANotification) {
  Latest<int> slot;
  const int64_t moment = SystemClock().Now() + 1;
  EXPECT_EQ(slot.TakeBefore(moment, SystemClock()), std::nullopt);
  EXPECT_GE(SystemClock().Now(), moment);
}

}  // namespace
}  // namespace nuncio
