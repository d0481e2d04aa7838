#include "nuncio/kube/lease.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kLeases[] = "/apis/coordination.k8s.io/v1/namespaces/edge/leases";

// A server with one Lease, and one that competes for it.
class LeaseTest : public testing::Test {
 protected:
  LeaseTest() { lease_.Start(); }

  std::string Body(const std::string& holder, const std::string& renewed, int seconds_long = 15) const {
    return Cat(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"nuncio-default",)",
               R"("namespace":"edge","resourceVersion":"7"},"spec":{"holderIdentity":")", holder, R"(","renewTime":")",
               renewed, R"(","acquireTime":"2026-01-01T00:00:00.000000Z","leaseDurationSeconds":)", seconds_long,
               R"(,"leaseTransitions":4}})");
  }
  Json Sent() const { return Json::parse(world_.Only().body); }
  // Answers a write with what was written, as a server does.
  void AcceptWrite() { ASSERT_TRUE(world_.Answer(200, world_.Only().body)); }
  void Win() {
    ASSERT_TRUE(world_.Answer(200, Body("", "2026-01-01T00:00:00.000000Z")));
    AcceptWrite();
    ASSERT_TRUE(lease_.leading());
  }

  FakeLoop world_;
  int changes_ = 0;
  Lease lease_{
      world_, {"edge", "nuncio-default", "pod_1", [] { return int64_t{1767323045000001}; }}, [this] { ++changes_; }};
};

TEST_F(LeaseTest, IsMadeWhenThereIsNone) {
  EXPECT_EQ(world_.Only().path, Cat(kLeases, "/nuncio-default"));
  ASSERT_TRUE(world_.Answer(404, "{}"));
  EXPECT_EQ(world_.Only().method, "POST");
  EXPECT_EQ(world_.Only().path, kLeases);
  EXPECT_EQ(world_.Only().content_type, "application/json");
  EXPECT_EQ(Sent(), Json::parse(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
    "metadata":{"name":"nuncio-default","namespace":"edge"},
    "spec":{"holderIdentity":"pod_1","leaseDurationSeconds":15,"acquireTime":"2026-01-02T03:04:05.000001Z",
            "renewTime":"2026-01-02T03:04:05.000001Z","leaseTransitions":0}})"));
  EXPECT_FALSE(lease_.leading()) << "not before the server says so";
  ASSERT_TRUE(world_.Answer(201, world_.Only().body));
  EXPECT_TRUE(lease_.leading());
  EXPECT_EQ(changes_, 1);
}

TEST_F(LeaseTest, IsRenewedWithoutBeingRead) {
  Win();
  world_.random = 0.5;
  EXPECT_EQ(world_.AdvanceToNextTimer(), milliseconds(2'000));
  EXPECT_EQ(world_.Only().method, "PUT");
  EXPECT_EQ(Sent()["metadata"]["resourceVersion"], "7") << "so that two cannot both win";
  EXPECT_EQ(Sent()["spec"]["leaseTransitions"], 5) << "won from another one: counted once";
  EXPECT_EQ(Sent()["spec"]["acquireTime"], "2026-01-02T03:04:05.000001Z");
  AcceptWrite();
  EXPECT_EQ(world_.AdvanceToNextTimer(), milliseconds(2'200)) << "2 s and half of the fifth";
  EXPECT_EQ(changes_, 1);
}

TEST_F(LeaseTest, IsLeftToWhoHoldsIt) {
  // Its clock is years behind: that does not matter.
  ASSERT_TRUE(world_.Answer(200, Body("pod_2", "2020-01-01T00:00:00.000000Z")));
  for (int i = 0; i < 30; ++i) {
    world_.Advance(seconds(2));
    ASSERT_EQ(world_.Only().method, "GET");
    ASSERT_TRUE(world_.Answer(200, Body("pod_2", Cat("2020-01-01T00:01:", 10 + i, ".000000Z"))));
  }
  EXPECT_FALSE(lease_.leading());
}

TEST_F(LeaseTest, IsTakenFromOneThatWasNotSeenToRenewIt) {
  ASSERT_TRUE(world_.Answer(200, Body("pod_2", "2099-01-01T00:00:00.000000Z")));
  for (int i = 0; i < 7; ++i) {
    world_.Advance(seconds(2));
    ASSERT_EQ(world_.Only().method, "GET");
    ASSERT_TRUE(world_.Answer(200, Body("pod_2", "2099-01-01T00:00:00.000000Z")));
  }
  world_.Advance(seconds(2));  // the 16th
  ASSERT_TRUE(world_.Answer(200, Body("pod_2", "2099-01-01T00:00:00.000000Z")));
  ASSERT_EQ(world_.Only().method, "PUT");
  EXPECT_EQ(Sent()["spec"]["holderIdentity"], "pod_1");
  EXPECT_EQ(Sent()["spec"]["leaseTransitions"], 5);
  AcceptWrite();
  EXPECT_TRUE(lease_.leading());
}

TEST_F(LeaseTest, IsTakenAtOnceWhenItWasReleased) { Win(); }

TEST_F(LeaseTest, IsNotWonByALostRace) {
  ASSERT_TRUE(world_.Answer(200, Body("", "2026-01-01T00:00:00.000000Z")));
  ASSERT_TRUE(world_.Answer(409, "{}"));
  EXPECT_FALSE(lease_.leading());
  world_.Advance(seconds(2));
  EXPECT_EQ(world_.Only().method, "GET");
}

TEST_F(LeaseTest, IsGivenUpWhenTheServerIsAwayForTooLong) {
  Win();
  world_.Advance(seconds(2));
  ASSERT_TRUE(world_.End(absl::UnavailableError("away")));
  EXPECT_EQ(lease_.trouble(), "away");
  world_.Advance(seconds(2));
  EXPECT_EQ(world_.Only().method, "GET") << "what the server has is not known any more";
  world_.Advance(milliseconds(5'999));
  EXPECT_TRUE(lease_.leading());
  world_.Advance(milliseconds(1));
  EXPECT_FALSE(lease_.leading()) << "10 s after the last renewal that was answered";
  EXPECT_EQ(changes_, 2);
}

TEST_F(LeaseTest, IsKeptOverAShortAbsenceOfTheServer) {
  Win();
  world_.Advance(seconds(2));
  ASSERT_TRUE(world_.End(absl::UnavailableError("away")));
  world_.Advance(seconds(2));
  ASSERT_TRUE(world_.Answer(200, Body("pod_1", "2026-01-02T03:04:05.000001Z")));
  EXPECT_EQ(world_.Only().method, "PUT");
  AcceptWrite();
  world_.Advance(seconds(9));
  EXPECT_TRUE(lease_.leading());
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(lease_.transitions(), 1u);
}

TEST_F(LeaseTest, CountsFromWhenARenewalWasSent) {
  Win();
  world_.Advance(seconds(2));
  world_.Advance(milliseconds(4'900));
  AcceptWrite();
  world_.Advance(milliseconds(2'000));  // at 8.9 s the next one is sent; no answer
  world_.Advance(milliseconds(3'099));
  EXPECT_TRUE(lease_.leading());
  world_.Advance(milliseconds(1));
  EXPECT_FALSE(lease_.leading()) << "10 s after 2 s, not after 6.9 s";
}

TEST_F(LeaseTest, IsLostToWhoTookIt) {
  Win();
  world_.Advance(seconds(2));
  ASSERT_TRUE(world_.Answer(409, "{}"));
  EXPECT_TRUE(lease_.leading()) << "until it is known who wrote";
  world_.Advance(seconds(2));
  ASSERT_TRUE(world_.Answer(200, Body("pod_2", "2026-01-02T03:04:06.000001Z")));
  EXPECT_FALSE(lease_.leading());
}

TEST_F(LeaseTest, IsReleased) {
  Win();
  bool done = false;
  lease_.Release([&] { done = true; });
  EXPECT_FALSE(lease_.leading()) << "at once";
  EXPECT_EQ(Sent()["spec"]["holderIdentity"], "");
  EXPECT_EQ(Sent()["spec"]["leaseDurationSeconds"], 1);
  EXPECT_FALSE(done);
  AcceptWrite();
  EXPECT_TRUE(done);
  world_.Advance(seconds(60));
  EXPECT_TRUE(world_.open().empty()) << "it competes no more";
}

TEST_F(LeaseTest, IsReleasedAfterARenewalThatIsUnderWay) {
  Win();
  world_.Advance(seconds(2));
  bool done = false;
  lease_.Release([&] { done = true; });
  EXPECT_FALSE(lease_.leading()) << "at once";
  Json renewed = Sent();
  EXPECT_EQ(renewed["spec"]["holderIdentity"], "pod_1");
  renewed["metadata"]["resourceVersion"] = "8";
  ASSERT_TRUE(world_.Answer(200, renewed.dump()));
  EXPECT_FALSE(lease_.leading());
  EXPECT_EQ(Sent()["metadata"]["resourceVersion"], "8");
  EXPECT_EQ(Sent()["spec"]["holderIdentity"], "");
  AcceptWrite();
  EXPECT_TRUE(done);
  EXPECT_EQ(changes_, 2);
}

TEST_F(LeaseTest, IsReleasedTwiceWithoutHarm) {
  Win();
  int done = 0;
  lease_.Release([&] { ++done; });
  AcceptWrite();
  lease_.Release([&] { ++done; });
  EXPECT_EQ(done, 2);
  EXPECT_TRUE(world_.open().empty());
}

TEST_F(LeaseTest, WhatIsNotHeldIsNotReleased) {
  bool done = false;
  lease_.Release([&] { done = true; });
  EXPECT_TRUE(done);
  EXPECT_TRUE(world_.open().empty());
}

TEST_F(LeaseTest, TriesOnWhateverTheServerSays) {
  for (const auto& [status, body] : {std::pair{500, "oops"}, {403, "no"}, {200, "[]"}, {200, "x"}, {429, ""}}) {
    ASSERT_TRUE(world_.Answer(status, body)) << body;
    EXPECT_NE(lease_.trouble(), "");
    EXPECT_EQ(world_.AdvanceToNextTimer(), seconds(2));
  }
  Win();
  EXPECT_EQ(lease_.trouble(), "");
}

TEST(LeaseName, IsTheNameOfAnObject) {
  EXPECT_EQ(LeaseNameOf("default"), "nuncio-default");
  EXPECT_EQ(LeaseNameOf("edge-2"), "nuncio-edge-2");
  for (const char* id : {"", "Edge", "a.b", "a_b", "a-", "ä"}) {
    EXPECT_EQ(LeaseNameOf(id).size(), 23u) << id;
    EXPECT_NE(LeaseNameOf(id), LeaseNameOf(Cat(id, "x"))) << id;
  }
}

}  // namespace
}  // namespace nuncio::kube
