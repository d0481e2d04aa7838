#include <gtest/gtest.h>

#include "nuncio/base/digest.h"
#include "nuncio/base/duration.h"
#include "nuncio/base/utf8.h"

namespace nuncio {
namespace {

TEST(Digest, HasSixteenDigitsAndTellsBytesApart) {
  EXPECT_EQ(Digest("").size(), 16u);
  EXPECT_EQ(Digest("a"), Digest("a"));
  EXPECT_NE(Digest("a"), Digest("b"));
  EXPECT_NE(Digest(std::string_view("a\0", 2)), Digest("a"));
  // The published XXH3-128 of no bytes, seed 0, is 99aa06d3014798d86001c324468d497f.
  EXPECT_EQ(Digest(""), "6001c324468d497f");
}

TEST(Duration, ReadsWhatGoReads) {
  const struct {
    std::string_view text;
    int64_t want;
  } kCases[] = {
      {"0", 0},        {"300ms", 300},     {"1.5h", 5400000}, {"2h45m", 9900000}, {"1s", 1000},           {"1999us", 1},
      {"5\u00b5s", 0}, {"3000\u03bcs", 3}, {".5s", 500},      {"+1s", 1000},      {"8760h", 31536000000},
  };
  for (const auto& [text, want] : kCases) {
    const auto got = ParseGoDuration(text);
    ASSERT_TRUE(got.ok()) << text << ": " << got.status();
    EXPECT_EQ(got->count(), want) << text;
  }
}

TEST(Duration, RefusesTheRest) {
  for (const std::string_view text : {"", "5", "s", "1x", "-1s", "8761h", "inf", "1 s", " 1s", "1s ", "1e3s", "nan"}) {
    EXPECT_EQ(ParseGoDuration(text).status().code(), absl::StatusCode::kInvalidArgument) << "\"" << text << "\"";
  }
}

TEST(Utf8, FindsTheFirstByteThatIsNone) {
  const struct {
    std::string_view text;
    size_t want;
  } kCases[] = {
      {"", 0},
      {"abc", 3},
      {"\xc3\xa4", 2},
      {"\xe2\x82\xac", 3},
      {"\xf0\x9f\x98\x80", 4},
      {"a\xff", 1},
      {"ab\xc3", 2},
      {"\xc0\xaf", 0},
      {"\xe0\x80\xaf", 0},
      {"\xed\xa0\x80", 0},
      {"\xf5\x80\x80\x80", 0},
      {"\xf4\x90\x80\x80", 0},
      {"\x80", 0},
      {"x\xe2\x28\xa1", 1},
  };
  for (const auto& [text, want] : kCases) EXPECT_EQ(ValidUtf8Prefix(text), want) << testing::PrintToString(text);
}

TEST(Utf8, IsCutBetweenCharacters) {
  struct Case {
    const char* text;
    size_t most;
    size_t want;
  };
  const Case cases[] = {{"abc", 5, 3}, {"abc", 2, 2}, {"a\u00e4", 2, 1}, {"\u20ac", 2, 0}, {"", 0, 0}};
  for (const Case& c : cases) EXPECT_EQ(CutBetweenCharacters(c.text, c.most), c.want) << c.text << " " << c.most;
}

}  // namespace
}  // namespace nuncio
