#include "nuncio/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nuncio/base/json.h"

namespace nuncio {
namespace {

using testing::MatchesRegex;

// What the options let through of one line of each level.
std::string Logged(const log::Options& options, std::string_view message) {
  log::Configure(options);
  testing::internal::CaptureStderr();
  log::Debug(message);
  log::Info(message);
  log::Warning(message);
  log::Error(message);
  log::Configure({});
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WhatIsLessGraveIsDropped) {
  const struct {
    log::Level least;
    int want;
  } kCases[] = {{log::Level::kDebug, 4}, {log::Level::kInfo, 3}, {log::Level::kWarning, 2}, {log::Level::kError, 1}};
  for (const auto& c : kCases) {
    const std::string text = Logged({.least = c.least}, "hello");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), c.want) << text;
  }
}

TEST(Log, ALineHasTimeAndLevel) {
  EXPECT_THAT(Logged({.least = log::Level::kError}, R"(a "b")"),
              MatchesRegex(R"(.*T..:..:..\....[+-]..:.. .*error.* a "b".)"));
}

TEST(Log, AsJsonEachLineIsAnObjectWhateverTheMessageHolds) {
  for (const std::string message : {"plain", "a \"b\" \\ %v", "two\nlines", "\x01 {fmt}"}) {
    const std::string text = Logged({.least = log::Level::kError, .json = true}, message);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    const Json line = Json::parse(text, nullptr, false);
    ASSERT_TRUE(line.is_object()) << text;
    EXPECT_EQ(line["level"], "error");
    EXPECT_EQ(line["msg"], message);
    EXPECT_EQ(line["time"].get<std::string>().size(), std::string_view("2030-01-01T00:00:00.000+00:00").size());
  }
}

TEST(Log, AsJsonBytesThatAreNoUtf8AreReplaced) {
  const Json line = Json::parse(Logged({.least = log::Level::kError, .json = true}, "a\xff"), nullptr, false);
  ASSERT_TRUE(line.is_object());
  EXPECT_EQ(line["msg"], "a\uFFFD");
}

}  // namespace
}  // namespace nuncio
