#include "nuncio/xds/retry.h"

#include <gtest/gtest.h>

#include "nuncio/xds/script.h"

namespace nuncio::xds {
namespace {

using testing::Conversation;

constexpr char kTaken[] = "nack L cannot bind '0.0.0.0:80': Address already in use";

class RetryTest : public ::testing::TestWithParam<bool> {
 protected:
  RetryTest() : talk_(GetParam()) {
    for (const char* line : {"ask C", "set 1 C:a=1 E:a=1 L:l=1 R:r=1", "ack C", "ask E a", "ack E", "ask L", "ack L",
                             "ask R r", "ack R"}) {
      talk_.Say(line);
    }
  }
  size_t refused() { return talk_.shared().refusals.List().size(); }
  // When the client wants to be called, in ms from now; -1: when something happens.
  int64_t WaitsFor() {
    const std::optional<Time> next = talk_.peer().client().NextDeadline(talk_.now());
    return next.has_value() ? std::chrono::duration_cast<std::chrono::milliseconds>(*next - talk_.now()).count() : -1;
  }

  Conversation talk_;
};

TEST_P(RetryTest, AListenerWhosePortWasTakenIsOfferedAgainUntilItIsAccepted) {
  EXPECT_EQ(talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1"), "L l=2");
  EXPECT_EQ(talk_.Say(kTaken), "");
  EXPECT_EQ(WaitsFor(), 1000);
  EXPECT_EQ(talk_.Say("wait 999"), "");
  EXPECT_EQ(talk_.Say("wait 1"), "L l=2");
  EXPECT_EQ(refused(), 1u) << "it is refused until it is accepted";
  EXPECT_EQ(WaitsFor(), -1) << "there is an answer to wait for";
  EXPECT_EQ(talk_.Say("wait 60000"), "");
  for (const int pause : {2000, 4000, 8000, 16'000, 32'000, 60'000, 60'000}) {
    EXPECT_EQ(talk_.Say(kTaken), "");
    EXPECT_EQ(WaitsFor(), pause);
    EXPECT_EQ(talk_.Say("wait " + std::to_string(pause)), "L l=2");
  }
  EXPECT_EQ(talk_.Say("ack L"), "");
  EXPECT_EQ(refused(), 0u);
  EXPECT_EQ(talk_.Say("wait 60000"), "");
  EXPECT_EQ(WaitsFor(), -1);
}

TEST_P(RetryTest, AnotherReasonDoesNotPass) {
  talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1");
  EXPECT_EQ(talk_.Say("nack L no such filter"), "");
  EXPECT_EQ(WaitsFor(), -1);
  EXPECT_EQ(talk_.Say("wait 60000"), "");
}

TEST_P(RetryTest, AReasonThatDoesNotPassEndsTheRetries) {
  talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1");
  talk_.Say(kTaken);
  EXPECT_EQ(talk_.Say("wait 1000"), "L l=2");
  EXPECT_EQ(talk_.Say("nack L no such filter"), "");
  EXPECT_EQ(talk_.Say("wait 60000"), "");
}

TEST_P(RetryTest, ANewVersionIsOfferedAtOnceAndWaitsAnew) {
  talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1");
  talk_.Say(kTaken);
  EXPECT_EQ(talk_.Say("wait 1000"), "L l=2");
  talk_.Say(kTaken);
  EXPECT_EQ(talk_.Say("set 3 C:a=1 E:a=1 L:l=3 R:r=1"), "L l=3");
  EXPECT_EQ(talk_.Say(kTaken), "");
  EXPECT_EQ(WaitsFor(), 1000);
  EXPECT_EQ(talk_.Say("wait 1000"), "L l=3");
}

TEST_P(RetryTest, WhatIsTakenBackIsNotOffered) {
  talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1");
  talk_.Say(kTaken);
  EXPECT_EQ(talk_.Say("set 3 C:a=1 E:a=1 L:l=1 R:r=1"), "");
  EXPECT_EQ(talk_.Say("wait 60000"), "");
}

TEST_P(RetryTest, ANewEnvoyGetsTheLastGoodVersionUntilItIsTime) {
  talk_.Say("set 2 C:a=1 E:a=1 L:l=2 R:r=1");
  talk_.Say(kTaken);
  talk_.Say("connect");
  for (const char* line : {"ask C", "ack C", "ask E a"}) talk_.Say(line);
  talk_.Say("ack E");
  EXPECT_EQ(talk_.Say("ask L"), "L l=1");
  EXPECT_EQ(talk_.Say("ack L"), "");
  EXPECT_EQ(talk_.Say("wait 1000"), "L l=2");
  EXPECT_EQ(talk_.Say("ack L"), "");
  EXPECT_EQ(refused(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, RetryTest, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Delta" : "Sotw"; });

}  // namespace
}  // namespace nuncio::xds
