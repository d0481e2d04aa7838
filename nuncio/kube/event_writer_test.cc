#include "nuncio/kube/event_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using status::Truth;
using status::Type;
using std::chrono::seconds;

class EventWriterTest : public testing::Test {
 protected:
  EventWriterTest() { events_.SetLeading(true); }

  void Add(const std::string& name, const std::string& reason, bool good = false,
           const std::string& message = "words") {
    Transition transition;
    transition.status.kind = "Mapping";
    transition.status.key = {"a", name};
    transition.status.of(Type::kProgrammed) = {good ? Truth::kTrue : Truth::kFalse, reason, message};
    transition.api_version = "getambassador.io/v3alpha1";
    transition.uid = Cat("uid-", name);
    transition.good = good;
    events_.Add(transition);
  }
  Json Sent() const { return Json::parse(world_.Only().body); }

  FakeLoop world_;
  EventWriter events_{world_, {"pod", [] { return int64_t{1767323045000001}; }}};
};

TEST_F(EventWriterTest, IsAnEventOfTheObject) {
  Add("m", "EnvoyRefused");
  EXPECT_EQ(world_.Only().method, "POST");
  EXPECT_EQ(world_.Only().path, "/apis/events.k8s.io/v1/namespaces/a/events");
  Json event = Sent();
  EXPECT_EQ(event["metadata"]["name"].get<std::string>().substr(0, 2), "m.");
  event["metadata"].erase("name");
  EXPECT_EQ(event, Json::parse(R"({"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"namespace":"a"},
    "eventTime":"2026-01-02T03:04:05.000001Z","reportingController":"getambassador.io/nuncio","reportingInstance":"pod",
    "action":"Program","type":"Warning","reason":"EnvoyRefused","note":"words","regarding":{"kind":"Mapping",
    "apiVersion":"getambassador.io/v3alpha1","namespace":"a","name":"m","uid":"uid-m"}})"));
}

TEST_F(EventWriterTest, TheSameOneIsCounted) {
  Add("m", "EnvoyRefused");
  const std::string name = Sent()["metadata"]["name"];
  ASSERT_TRUE(world_.Answer(201, "{}"));
  for (const int count : {2, 3}) {
    world_.Advance(seconds(60));
    Add("m", "EnvoyRefused");
    EXPECT_EQ(world_.Only().method, "PATCH");
    EXPECT_EQ(world_.Only().path, Cat("/apis/events.k8s.io/v1/namespaces/a/events/", name));
    EXPECT_EQ(world_.Only().content_type, "application/merge-patch+json");
    EXPECT_EQ(Sent()["series"]["count"], count);
    ASSERT_TRUE(world_.Answer(200, "{}"));
  }
  world_.Advance(EventWriter::kSeries + seconds(1));
  Add("m", "EnvoyRefused");
  EXPECT_EQ(world_.Only().method, "POST") << "too long ago to be the same";
}

TEST_F(EventWriterTest, IsSparingWithEachObject) {
  for (int i = 0; i < 20; ++i) Add("m", Cat("Reason", i));
  Add("n", "EnvoyRefused");
  for (int i = 0; i < 20 && !world_.open().empty(); ++i) {
    ASSERT_TRUE(world_.Answer(201, "{}"));
    world_.Advance(seconds(1));
  }
  EXPECT_EQ(events_.counters().written, EventWriter::kBurst + 1u);
  EXPECT_EQ(events_.counters().dropped, 20u - EventWriter::kBurst);
  world_.Advance(EventWriter::kRefill);
  Add("m", "Other");
  EXPECT_FALSE(world_.open().empty());
}

TEST_F(EventWriterTest, WaitsForABusyServerAndKeepsNothingThatItDidNotTake) {
  Add("m", "A");
  Add("n", "B");
  ASSERT_TRUE(world_.Answer(429, "{}", "", seconds(9)));
  world_.Advance(seconds(8));
  EXPECT_TRUE(world_.open().empty());
  world_.Advance(seconds(1));
  EXPECT_EQ(Sent()["reason"], "B");
  EXPECT_EQ(events_.counters().dropped, 1u);
}

TEST_F(EventWriterTest, WithoutTheLeaseNothingIsTold) {
  events_.SetLeading(false);
  Add("m", "A");
  EXPECT_TRUE(world_.history().empty());
}

TEST_F(EventWriterTest, IsWithinTheServersLimits) {
  std::string longest = std::string(999, 'x') + "\xC3\xA4\xC3\xA4";
  Add(std::string(253, 'm'), "A", false, longest);
  EXPECT_EQ(Sent()["note"], std::string(999, 'x'));
  EXPECT_LE(Sent()["metadata"]["name"].get<std::string>().size(), 253u);
}

}  // namespace
}  // namespace nuncio::kube
