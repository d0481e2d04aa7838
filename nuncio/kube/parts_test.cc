// The small parts: lines, pauses, heads, addresses, timers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/http_head.h"
#include "nuncio/kube/line_splitter.h"
#include "nuncio/kube/target.h"
#include "nuncio/kube/timers.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;

TEST(LineSplitterTest, LinesComeOutWholeHoweverTheyCameIn) {
  const std::string text = "one\n\ntwo two\nthree\nhalf";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    LineSplitter lines(100);
    std::vector<std::string> got;
    for (size_t at = 0; at < text.size(); at += piece) {
      lines.Feed(
          std::string_view(text).substr(at, piece), [&](std::string_view line) { return got.emplace_back(line), true; },
          [] { FAIL(); });
    }
    EXPECT_THAT(got, ElementsAre("one", "two two", "three")) << piece;
  }
}

TEST(LineSplitterTest, ALongLineIsLeftOutAlone) {
  for (const size_t piece : {1, 3, 100}) {
    LineSplitter lines(5);
    const std::string text = "12345\n123456\n1234567890123456\nab\n";
    std::vector<std::string> got;
    int too_long = 0;
    for (size_t at = 0; at < text.size(); at += piece) {
      lines.Feed(
          std::string_view(text).substr(at, piece), [&](std::string_view line) { return got.emplace_back(line), true; },
          [&] { ++too_long; });
    }
    EXPECT_THAT(got, ElementsAre("12345", "ab")) << piece;
    EXPECT_EQ(too_long, 2) << piece;
  }
}

TEST(HttpHeadTest, TakesWhatMatters) {
  const absl::Time now = absl::FromUnixSeconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
  struct Case {
    const char* value;
    std::optional<Duration> want;
  };
  for (const Case& c :
       {Case{"7", std::chrono::seconds(7)}, Case{"0", std::chrono::seconds(0)}, Case{"-5", std::chrono::seconds(0)},
        Case{"999999", std::chrono::seconds(3600)}, Case{"Sun, 06 Nov 1994 08:49:49 GMT", std::chrono::seconds(12)},
        Case{"Sun, 06 Nov 1994 08:00:00 GMT", std::chrono::seconds(0)}, Case{"soon", std::nullopt}}) {
    Head head;
    TakeHeaderLine("HTTP/1.1 100 Continue\r\n", now, head);
    TakeHeaderLine("HTTP/2 429 \r\n", now, head);
    TakeHeaderLine(Cat("rEtry-after: ", c.value, "\r\n"), now, head);
    TakeHeaderLine("ETag: \"x\"\r\n", now, head);
    EXPECT_EQ(head.status, 429);
    EXPECT_EQ(head.retry_after, c.want) << c.value;
    EXPECT_EQ(head.etag, "\"x\"");
  }
}

TEST(TargetTest, PathsOfKinds) {
  const ServedKind service = {"", "Service", "v1", "services", true};
  const ServedKind ns = {"", "Namespace", "v1", "namespaces", false};
  const ServedKind host = {"getambassador.io", "Host", "v2", "hosts", true};
  Scope scope;
  EXPECT_EQ(PathOf(service, scope, {}), "/api/v1/services");
  scope.ns = "a";
  EXPECT_EQ(PathOf(service, scope, {}), "/api/v1/namespaces/a/services");
  EXPECT_EQ(PathOf(ns, scope, {{"limit", "1"}}), "/api/v1/namespaces?limit=1");
  scope.label_selector = "x=\xc3\xa4 &";
  EXPECT_EQ(PathOf(host, scope, {{"watch", "1"}}),
            "/apis/getambassador.io/v2/namespaces/a/hosts?labelSelector=x%3D%C3%A4%20%26&watch=1");
}

TEST(TimersTest, FireInOrderAndOnlyWhatIsDue) {
  Timers timers;
  std::vector<int> fired;
  const Time start;
  timers.Add(1, start + Duration(20), [&] { fired.push_back(20); });
  timers.Add(2, start + Duration(10), [&] {
    fired.push_back(10);
    timers.Remove(3);
    timers.Add(4, start, [&] { fired.push_back(0); });
  });
  timers.Add(3, start + Duration(15), [&] { fired.push_back(15); });
  EXPECT_EQ(timers.Next(), start + Duration(10));
  timers.Fire(start + Duration(9));
  EXPECT_THAT(fired, ElementsAre());
  timers.Fire(start + Duration(20));
  EXPECT_EQ(fired[0], 10);
  timers.Fire(start + Duration(20));
  EXPECT_THAT(fired, ::testing::UnorderedElementsAre(10, 20, 0));
  EXPECT_EQ(timers.Next(), std::nullopt);
}

TEST(FetchTest, ABodyOverTheLimitIsRefusedAsItComes) {
  FakeLoop world;
  Fetch fetch(world);
  std::optional<absl::StatusOr<Fetch::Answer>> answer;
  fetch.Start({}, 5, [&](absl::StatusOr<Fetch::Answer> got) { answer = std::move(got); });
  world.Head(200);
  world.Data("12345");
  EXPECT_FALSE(answer.has_value());
  world.Data("6");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(world.open().empty());
}

}  // namespace
}  // namespace nuncio::kube
