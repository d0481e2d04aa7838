#include "nuncio/kube/reflector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Phase = Reflector::Phase;

const ServedKind kMapping = {"getambassador.io", "Mapping", "v3alpha1", "mappings", true};

// Writes down what it is told.
class Notes final : public Sink {
 public:
  void OnListBegin() override { lines.push_back("begin"); }
  void OnListEnd() override { lines.push_back("end"); }
  void OnPut(Item item) override {
    lines.push_back(Cat(item.refusal.empty() ? "put " : "refuse ", item.key.name,
                        item.refusal.empty() ? "" : Cat(": ", item.refusal)));
  }
  void OnDelete(const Item& item) override { lines.push_back(Cat("delete ", item.key.name)); }
  void OnState() override {}
  std::vector<std::string> Take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
};

std::string ObjectText(std::string_view name, std::string_view version) {
  return Cat(R"({"apiVersion":"getambassador.io/v3alpha1","kind":"Mapping","metadata":{"name":")", name,
             R"(","namespace":"default","uid":"u-)", name, R"(","resourceVersion":")", version,
             R"("},"spec":{"prefix":"/"}})");
}
std::string EventText(std::string_view type, std::string_view name, std::string_view version) {
  return Cat(R"({"type":")", type, R"(","object":)", ObjectText(name, version), "}\n");
}
std::string BookmarkText(std::string_view version, bool end = false) {
  return Cat(R"({"type":"BOOKMARK","object":{"kind":"Mapping","metadata":{"resourceVersion":")", version,
             R"(","creationTimestamp":null)", end ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "",
             "}}}\n");
}
std::string StatusText(int code, std::string_view reason, std::string_view message) {
  return Cat(R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":)", code, R"(,"reason":")", reason,
             R"(","message":")", message, R"("})");
}
std::string ErrorText(int code, std::string_view reason, std::string_view message = "") {
  return Cat(R"({"type":"ERROR","object":)", StatusText(code, reason, message), "}\n");
}
std::string PageText(std::string_view version, std::string_view continue_token, std::vector<std::string> names) {
  std::string items;
  for (const std::string& name : names) items += Cat(items.empty() ? "" : ",", ObjectText(name, "1"));
  return Cat(R"({"kind":"MappingList","metadata":{"resourceVersion":")", version, R"(","continue":")", continue_token,
             R"("},"items":[)", items, "]}");
}

class ReflectorTest : public ::testing::Test {
 protected:
  void Start() { reflector_.Start(); }
  // A list as a stream with the object "a", at version 10.
  void Sync() {
    Start();
    world_.Head(200);
    world_.Data(EventText("ADDED", "a", "5"));
    world_.Data(BookmarkText("10", true));
    ASSERT_TRUE(reflector_.synced());
    notes_.Take();
  }
  std::string Path() const { return world_.Only().path; }
  bool Asks(std::string_view what) const { return Path().find(what) != std::string::npos; }
  // The pause until the next request.
  Duration Pause() {
    EXPECT_THAT(world_.open(), IsEmpty()) << "there is no pause";
    const Time before = world_.Now();
    while (world_.open().empty() && world_.AdvanceToNextTimer() > Duration(0)) {
    }
    return std::chrono::duration_cast<Duration>(world_.Now() - before);
  }
  // The next question whether the server is back, and a yes; how long that took.
  Duration Back() {
    const Duration pause = Pause();
    EXPECT_TRUE(world_.Answer(200, "ok", "=/readyz"));
    return pause;
  }

  FakeLoop world_;
  Outage outage_{world_};
  Decoder decoder_;
  Notes notes_;
  Reflector reflector_{world_, outage_, decoder_, kMapping, {}, notes_};
};

TEST_F(ReflectorTest, ListsAsAStreamAndGoesOnWatching) {
  Start();
  EXPECT_THAT(Path(), HasSubstr("/apis/getambassador.io/v3alpha1/mappings?watch=1"));
  EXPECT_TRUE(Asks("allowWatchBookmarks=true"));
  EXPECT_TRUE(Asks("sendInitialEvents=true"));
  EXPECT_TRUE(Asks("resourceVersionMatch=NotOlderThan"));
  EXPECT_FALSE(Asks("resourceVersion=")) << "the newest state is asked for";
  world_.Head(200);
  world_.Data(EventText("ADDED", "a", "5") + EventText("ADDED", "b", "6"));
  EXPECT_FALSE(reflector_.synced());
  world_.Data(BookmarkText("7", false));
  EXPECT_FALSE(reflector_.synced()) << "not every bookmark ends the list";
  world_.Data(BookmarkText("10", true));
  EXPECT_TRUE(reflector_.synced());
  world_.Data(EventText("MODIFIED", "a", "11") + EventText("DELETED", "b", "12"));
  EXPECT_THAT(notes_.Take(), ElementsAre("begin", "put a", "put b", "end", "put a", "delete b"));
  EXPECT_EQ(world_.history().size(), 1u) << "one request for both";
  EXPECT_EQ(reflector_.counters().lists, 1u);
}

TEST_F(ReflectorTest, TheServerEndsAWatchAfterFiveToTenMinutesAndTheClientASomewhatLater) {
  for (const auto& [random, seconds] : {std::pair{0.0, 300}, std::pair{0.5, 450}, std::pair{0.99, 597}}) {
    FakeLoop world;
    world.random = random;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes_);
    reflector.Start();
    EXPECT_THAT(world.Only().path, HasSubstr(Cat("timeoutSeconds=", seconds)));
    EXPECT_EQ(world.Only().until_end, std::chrono::seconds(seconds + 15));
  }
}

TEST_F(ReflectorTest, AWatchThatEndsGoesOnFromTheLastVersion) {
  struct Case {
    const char* name;
    std::string last;
    const char* version;
  };
  for (const Case& c : {Case{"of the list", "", "10"}, Case{"of an event", EventText("MODIFIED", "a", "17"), "17"},
                        Case{"of a deletion", EventText("DELETED", "a", "18"), "18"},
                        Case{"of a bookmark", BookmarkText("19"), "19"}}) {
    FakeLoop world;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes_);
    reflector.Start();
    world.Head(200);
    world.Data(BookmarkText("10", true) + c.last);
    world.Advance(std::chrono::minutes(5));
    world.End();
    ASSERT_EQ(world.open().size(), 1u) << c.name << ": without a pause";
    EXPECT_THAT(world.Only().path, HasSubstr(Cat("resourceVersion=", c.version))) << c.name;
    EXPECT_THAT(world.Only().path, Not(HasSubstr("sendInitialEvents"))) << c.name;
  }
}

TEST_F(ReflectorTest, AnEventThatBreaksOffIsNotTaken) {
  Sync();
  const std::string event = EventText("MODIFIED", "a", "11");
  world_.Data(event.substr(0, event.size() - 1));  // all but its line feed
  world_.End(absl::UnavailableError("reset"));
  EXPECT_THAT(notes_.Take(), IsEmpty());
  Back();
  EXPECT_TRUE(Asks("resourceVersion=10"));
  world_.Head(200);
  world_.Data(event);
  EXPECT_THAT(notes_.Take(), ElementsAre("put a")) << "and nothing of the earlier half is left";
}

TEST_F(ReflectorTest, FallsBackToPagesWhereAStreamIsNotUnderstood) {
  for (const int status : {400, 422, 405, 501}) {
    FakeLoop world;
    Notes notes;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes);
    reflector.Start();
    world.Answer(status, StatusText(status, "Invalid", "sendInitialEvents is forbidden"));
    EXPECT_THAT(world.Only().path, HasSubstr("mappings?limit=500")) << status << ": without a pause";
    EXPECT_TRUE(world.Only().compressed);
    world.Answer(200, PageText("30", "next&page", {"a"}));
    EXPECT_THAT(world.Only().path, HasSubstr("limit=500&continue=next%26page"));
    world.Answer(200, PageText("30", "", {"b"}));
    EXPECT_TRUE(reflector.synced());
    EXPECT_THAT(world.Only().path, HasSubstr("resourceVersion=30"));
    EXPECT_THAT(notes.Take(), ElementsAre("begin", "put a", "put b", "end"));
  }
}

TEST_F(ReflectorTest, AStreamThatNeverSaysThatTheListIsOverIsGivenUpForPages) {
  Start();
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_TRUE(Asks("sendInitialEvents"));
    world_.Head(200);
    world_.Data(EventText("ADDED", "a", "5"));
    world_.Advance(std::chrono::seconds(29));
    world_.Data(BookmarkText("9"));  // says that it lives, and not that it goes on
    world_.Advance(std::chrono::seconds(1));
    EXPECT_FALSE(reflector_.synced());
    world_.Advance(Backoff::kFirst * 2);
    world_.Answer(200, "ok", "=/readyz");
  }
  EXPECT_TRUE(Asks("limit=500"));
  world_.Answer(200, PageText("30", "", {"a"}));
  EXPECT_TRUE(reflector_.synced());
}

TEST_F(ReflectorTest, AListThatExpiresOnItsWayBeginsFromScratchAndThenIsAskedForInOne) {
  Start();
  world_.Answer(422, StatusText(422, "Invalid", ""));
  world_.Answer(200, PageText("30", "t1", {"a"}));
  world_.Answer(410, StatusText(410, "Expired", "The provided continue parameter is too old"));
  EXPECT_TRUE(Asks("limit=500"));
  EXPECT_FALSE(Asks("continue"));
  world_.Answer(200, PageText("40", "t2", {"a"}));
  world_.Answer(410, StatusText(410, "Expired", ""));
  EXPECT_FALSE(Asks("limit"));
  world_.Answer(200, PageText("50", "", {"b"}));
  EXPECT_THAT(notes_.Take(), ElementsAre("begin", "put a", "begin", "put a", "begin", "put b", "end"));
  EXPECT_TRUE(Asks("resourceVersion=50"));
}

TEST_F(ReflectorTest, AVersionThatIsTooOldOrNotReachedYetMakesANewList) {
  struct Case {
    const char* name;
    int status;  // 200: as an ERROR event
    std::string body;
  };
  for (const Case& c : {
           Case{"410", 410, StatusText(410, "Expired", "too old resource version: 10 (900)")},
           Case{"410 Gone", 410, StatusText(410, "Gone", "")},
           Case{"an ERROR event", 200, ErrorText(410, "Expired")},
           Case{"a server restored from a backup", 504,
                StatusText(504, "Timeout", "Too large resource version: 10, current: 3")},
           Case{"the same as an event", 200, ErrorText(504, "Timeout", "Too large resource version: 10, current: 3")},
           Case{"a version of another server's making", 400, StatusText(400, "BadRequest", "invalid resource version")},
       }) {
    FakeLoop world;
    Notes notes;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes);
    reflector.Start();
    world.Head(200);
    world.Data(EventText("ADDED", "a", "5") + BookmarkText("10", true));
    world.Advance(std::chrono::minutes(6));
    world.End();
    notes.Take();
    world.Answer(c.status, c.body);
    while (world.open().empty()) ASSERT_GT(world.AdvanceToNextTimer(), Duration(0)) << c.name;
    EXPECT_THAT(world.Only().path, HasSubstr("sendInitialEvents")) << c.name;
    EXPECT_TRUE(reflector.synced()) << c.name << ": what was known is still known";
    // A list of an earlier time than the one before is the truth all the same.
    world.Head(200);
    world.Data(EventText("ADDED", "b", "2") + BookmarkText("3", true));
    EXPECT_THAT(notes.Take(), ElementsAre("begin", "put b", "end")) << c.name;
    world.Advance(std::chrono::minutes(6));
    world.End();
    EXPECT_THAT(world.Only().path, HasSubstr("resourceVersion=3&")) << c.name;
  }
}

TEST_F(ReflectorTest, AVersionThatExpiresAsSoonAsItIsListedMakesNoCircleWithoutAPause) {
  Sync();
  world_.Data(ErrorText(410, "Expired"));
  EXPECT_GE(Pause(), Backoff::kFirst);
}

TEST_F(ReflectorTest, OtherErrorsKeepTheVersion) {
  for (const std::string& error : {ErrorText(500, "InternalError", "etcd"), ErrorText(429, "TooManyRequests"),
                                   std::string("{\"type\":\"ADDED\",\"obj\n"), std::string("<html>\n")}) {
    FakeLoop world;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes_);
    reflector.Start();
    world.Head(200);
    world.Data(EventText("ADDED", "a", "5") + BookmarkText("10", true));
    world.Data(error + EventText("ADDED", "late", "99"));
    EXPECT_THAT(world.open(), IsEmpty()) << error;
    EXPECT_EQ(reflector.phase(), Phase::kWaiting) << error;
    world.AdvanceToNextTimer();
    EXPECT_THAT(world.Only().path, HasSubstr("resourceVersion=10")) << error;
    world.Head(200);
    EXPECT_EQ(reflector.phase(), Phase::kWatching) << error;
    EXPECT_EQ(reflector.trouble(), "") << error;
  }
  EXPECT_THAT(notes_.lines, Not(::testing::Contains("put late"))) << "what stands behind an error is not read";
}

TEST_F(ReflectorTest, PausesDoubleUpToThirtySecondsAndBeginAnewAfterTwoHealthyMinutes) {
  Start();
  std::vector<int64_t> pauses;
  for (int failure = 0; failure < 8; ++failure) {
    world_.Answer(429, "");
    pauses.push_back(Pause().count());
  }
  EXPECT_THAT(pauses, ElementsAre(800, 1600, 3200, 6400, 12800, 25600, 30000, 30000));
  world_.Head(200);
  world_.Data(BookmarkText("10", true));
  world_.Advance(Backoff::kHealthy + Duration(1));
  world_.Data(ErrorText(500, "InternalError"));
  EXPECT_EQ(Pause().count(), 800);
  world_.random = 0.75;
  world_.Answer(429, "");
  EXPECT_EQ(Pause().count(), 2800) << "1600 ms, stretched by chance";
}

TEST_F(ReflectorTest, AServerThatCannotBeReachedIsNotAskedBeforeItIsBack) {
  Sync();
  world_.Advance(std::chrono::minutes(1));
  world_.End(absl::UnavailableError("reset"));
  EXPECT_EQ(reflector_.phase(), Phase::kWaiting);
  for (int second = 0; second < 60; ++second) {
    EXPECT_EQ(Pause(), Outage::kPause);
    ASSERT_EQ(Path(), "/readyz");
    world_.End(absl::UnavailableError("refused"));
  }
  EXPECT_EQ(reflector_.counters().failures, 1u);
  EXPECT_EQ(Back(), Outage::kPause);
  EXPECT_TRUE(Asks("resourceVersion=10")) << "without a pause";
  world_.Answer(429, StatusText(429, "TooManyRequests", "storage is (re)initializing"));
  EXPECT_EQ(Pause(), Backoff::kFirst) << "the outage has used up no back-off";
}

TEST_F(ReflectorTest, ARequestThatAServerInReachBreaksOffEachTimeIsNotRepeatedEachTime) {
  Start();
  std::vector<int64_t> pauses;
  for (int failure = 0; failure < 7; ++failure) {
    world_.End(absl::UnavailableError("reset"));
    pauses.push_back((Back() - Outage::kPause).count());
    ASSERT_TRUE(Asks("/mappings?"));
  }
  EXPECT_THAT(pauses, ElementsAre(800, 1600, 3200, 6400, 12800, 25600, 30000));
}

TEST_F(ReflectorTest, AServerThatIsBackEndsNoOtherPause) {
  struct Case {
    int status;
    std::optional<Duration> retry_after;
  };
  for (const Case& c : {Case{429, {}}, Case{429, std::chrono::seconds(17)}, Case{503, std::chrono::seconds(17)},
                        Case{403, {}}, Case{404, {}}}) {
    FakeLoop world;
    world.random = 0.5;
    Outage outage(world);
    Reflector refused(world, outage, decoder_, kMapping, {}, notes_);
    refused.Start();
    for (int failure = 0; failure < 4; ++failure) {  // so that the next pause is of several seconds
      world.Answer(c.status, "", "/mappings?", c.retry_after);
      while (world.open().empty()) world.AdvanceToNextTimer();
    }
    world.Answer(c.status, "", "/mappings?", c.retry_after);
    int woken = 0;
    Outage::Wait other(world, outage);
    other.Set(Duration(0), [&](bool) { ++woken; });
    world.AdvanceToNextTimer();
    world.Answer(200, "ok", "=/readyz");
    EXPECT_EQ(woken, 1) << c.status;
    EXPECT_THAT(world.open(), IsEmpty()) << c.status;
    EXPECT_GT(world.AdvanceToNextTimer(), std::chrono::seconds(5)) << c.status;
    EXPECT_TRUE(world.IsOpen("/mappings?")) << c.status;
  }
}

TEST_F(ReflectorTest, WaitsAsLongAsTheServerSays) {
  Start();
  world_.Answer(429, StatusText(429, "TooManyRequests", ""), "", std::chrono::seconds(17));
  EXPECT_EQ(Pause(), std::chrono::seconds(17));
  EXPECT_EQ(reflector_.counters().throttled, 1u);
  world_.Answer(503, "", "", std::chrono::seconds(40));
  EXPECT_EQ(Pause(), std::chrono::seconds(40));
  world_.Head(200);
  world_.Data(BookmarkText("10", true));
  world_.Data(R"({"type":"ERROR","object":{"kind":"Status","code":429,"details":{"retryAfterSeconds":50}}})"
              "\n");
  EXPECT_EQ(Pause(), std::chrono::seconds(50));
  EXPECT_EQ(reflector_.counters().throttled, 3u);
}

// An API server that starts denies everything for a moment.
TEST_F(ReflectorTest, OneDenialOfWhatIsKnownIsNoNews) {
  Sync();
  world_.Advance(std::chrono::minutes(5));
  world_.End();
  for (int denial = 0; denial < 2; ++denial) {
    world_.Answer(403, StatusText(403, "Forbidden", "mappings is forbidden"));
    EXPECT_EQ(reflector_.phase(), Phase::kWaiting);
    EXPECT_LT(Pause(), std::chrono::seconds(4));
    EXPECT_TRUE(Asks("resourceVersion=10"));
  }
  world_.Head(200);
  EXPECT_EQ(reflector_.phase(), Phase::kWatching);
  world_.End(absl::UnavailableError("away"));
  Back();
  world_.Answer(403, StatusText(403, "Forbidden", "mappings is forbidden"));
  EXPECT_EQ(reflector_.phase(), Phase::kWaiting) << "those before the watch do not count";
}

TEST_F(ReflectorTest, WhatIsForbiddenOrAbsentIsAskedForSeldomAndTold) {
  for (const auto& [status, phase] : {std::pair{403, Phase::kForbidden}, std::pair{404, Phase::kAbsent}}) {
    FakeLoop world;
    Outage outage(world);
    Reflector reflector(world, outage, decoder_, kMapping, {}, notes_);
    reflector.Start();
    for (int attempt = 0; attempt < 4; ++attempt) {
      world.Answer(status, StatusText(status, "X", "mappings is forbidden"));
      EXPECT_EQ(reflector.phase(), phase);
      EXPECT_THAT(reflector.trouble(), HasSubstr("mappings is forbidden"));
      EXPECT_FALSE(reflector.synced());
      const Duration pause = world.AdvanceToNextTimer();
      EXPECT_EQ(pause >= std::chrono::seconds(10), status == 404 || attempt >= 2) << pause.count();
      ASSERT_EQ(world.open().size(), 1u);
    }
    world.Head(200);
    world.Data(BookmarkText("10", true));
    EXPECT_TRUE(reflector.synced());
    EXPECT_EQ(reflector.trouble(), "");
  }
}

TEST_F(ReflectorTest, RightsThatAreTakenAwayTakeNothingAway) {
  Sync();
  world_.Advance(std::chrono::minutes(5));
  world_.End();
  for (int denial = 0; denial < 3; ++denial) {
    if (denial > 0) Pause();
    world_.Answer(403, StatusText(403, "Forbidden", "mappings is forbidden"));
  }
  EXPECT_EQ(reflector_.phase(), Phase::kForbidden);
  EXPECT_TRUE(reflector_.synced());
  EXPECT_THAT(notes_.Take(), IsEmpty());
  reflector_.RetryNow();
  EXPECT_EQ(Pause(), Duration(0));
  EXPECT_TRUE(Asks("resourceVersion=10"));
}

TEST_F(ReflectorTest, AWatchThatTheServerEndsAtOnceIsNotBegunAgainAtOnce) {
  Sync();
  world_.Advance(std::chrono::minutes(5));
  world_.End();
  world_.Head(200);
  world_.End();
  EXPECT_GE(Pause(), Backoff::kFirst);
}

TEST_F(ReflectorTest, AnEventThatIsHugeIsLeftOutAndTheRestIsRead) {
  Sync();
  const std::string half(Watch::kLongestEvent / 2 + 1, 'x');
  world_.Data(half);
  EXPECT_THAT(notes_.Take(), IsEmpty());
  world_.Data(half);
  EXPECT_THAT(notes_.Take(), ElementsAre("refuse : is larger than 8 MiB"));
  world_.Data(half + "\n" + EventText("MODIFIED", "a", "12"));
  EXPECT_THAT(notes_.Take(), ElementsAre("put a"));
}

TEST_F(ReflectorTest, PagesThatAreHugeAreAskedForSmaller) {
  Start();
  world_.Answer(422, StatusText(422, "Invalid", ""));
  world_.Answer(200, std::string(PagedList::kPageBytes + 1, ' '));
  EXPECT_TRUE(Asks("limit=250"));
  world_.Answer(200, PageText("30", "", {"a"}));
  EXPECT_TRUE(reflector_.synced());
}

TEST_F(ReflectorTest, SelectorsGoWithEveryRequest) {
  Scope scope;
  scope.ns = "edge";
  scope.label_selector = "team in (a,b)";
  scope.field_selector = "metadata.name!=x";
  Reflector reflector(world_, outage_, decoder_, kMapping, scope, notes_);
  reflector.Start();
  const char* want =
      "/namespaces/edge/mappings?labelSelector=team%20in%20%28a%2Cb%29&fieldSelector=metadata.name%21%3Dx&";
  EXPECT_THAT(Path(), HasSubstr(want));
  world_.Answer(422, StatusText(422, "Invalid", ""));
  EXPECT_THAT(Path(), HasSubstr(want));
}

TEST_F(ReflectorTest, TellsHowLongAWriteWasOnItsWay) {
  const auto written = [](std::string_view type, std::string_view name, std::string_view times) {
    return Cat(R"({"type":")", type, R"(","object":{"metadata":{"name":")", name,
               R"(","resourceVersion":"11","managedFields":[)", times, "]}}}\n");
  };
  constexpr char kTimes[] =
      R"({"time":"1970-01-01T00:59:50Z"},{"time":"1970-01-01T00:59:58Z"},{"manager":"x"},{"time":"rubbish"},7)";
  Start();  // it is one o'clock
  world_.Head(200);
  world_.Data(written("ADDED", "a", kTimes));
  world_.Data(BookmarkText("10", true));
  EXPECT_EQ(reflector_.counters().timed_events, 0u) << "what a list brings is old";
  world_.Advance(Duration(500));
  world_.Data(written("MODIFIED", "a", kTimes));
  EXPECT_EQ(reflector_.counters().timed_events, 1u);
  EXPECT_EQ(reflector_.counters().lag_ms, 2'500u) << "since the newest of them";
  world_.Data(written("DELETED", "a", kTimes) + written("ADDED", "b", ""));
  EXPECT_EQ(reflector_.counters().timed_events, 1u);
  world_.Data(written("ADDED", "c", R"({"time":"1970-01-01T09:00:00Z"})"));
  EXPECT_EQ(reflector_.counters().lag_ms, 2'500u) << "a clock that is ahead takes nothing away";
}

TEST_F(ReflectorTest, AServerThatWentBackInTimeIsBelieved) {
  // From a watch's version that it does not know (a backup was restored) to what it has now.
  Sync();
  world_.Data(EventText("MODIFIED", "a", "90") + EventText("ADDED", "b", "91"));
  notes_.Take();
  world_.Data(ErrorText(500, "Timeout", "Too large resource version: 91, current: 40"));
  Pause();
  EXPECT_FALSE(Asks("resourceVersion=91")) << "the newest state is asked for";
  EXPECT_TRUE(Asks("sendInitialEvents=true"));
  world_.Head(200);
  world_.Data(EventText("ADDED", "a", "30") + BookmarkText("40", true));
  EXPECT_THAT(notes_.Take(), ElementsAre("begin", "put a", "end")) << "b is no more, a is what it was";
  world_.Data(EventText("MODIFIED", "a", "41"));
  world_.End();
  EXPECT_TRUE(Asks("resourceVersion=41"));
}

TEST_F(ReflectorTest, ThePlaceOfAnObjectInTheListDoesNotMatter) {
  // Pages whose objects are not sorted, one of them twice, and a deletion that is told twice.
  Start();
  world_.Answer(400, StatusText(400, "BadRequest", "no sendInitialEvents"));
  world_.Answer(200, PageText("30", "next", {"z", "b"}));
  world_.Answer(200, PageText("30", "", {"a", "z"}));
  EXPECT_THAT(notes_.Take(), ElementsAre("begin", "put z", "put b", "put a", "put z", "end"));
  world_.Head(200);
  world_.Data(EventText("DELETED", "b", "31") + EventText("DELETED", "b", "31") + EventText("DELETED", "never", "32"));
  EXPECT_THAT(notes_.Take(), ElementsAre("delete b", "delete b", "delete never"));
}

TEST_F(ReflectorTest, AnObjectOfAHundredMegabytesCostsItselfOnly) {
  Sync();
  const std::string piece(1 << 20, 'x');
  world_.Data(R"({"type":"MODIFIED","object":{"metadata":{"name":"huge","annotations":{"a":")");
  for (int megabyte = 0; megabyte < 100; ++megabyte) world_.Data(piece);
  world_.Data("\"}}}}\n" + EventText("ADDED", "b", "12"));
  EXPECT_THAT(notes_.Take(), ElementsAre("refuse : is larger than 8 MiB", "put b"));
  EXPECT_EQ(reflector_.phase(), Phase::kWatching);
}

}  // namespace
}  // namespace nuncio::kube
