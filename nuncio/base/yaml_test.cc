#include "nuncio/base/yaml.h"

#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio {
namespace {

Json One(std::string_view text) {
  YamlStream stream = ReadYaml(text);
  EXPECT_FALSE(stream.error) << text << ": " << stream.error->message;
  EXPECT_EQ(stream.documents.size(), 1u) << text;
  return stream.documents.empty() ? Json() : stream.documents[0].value;
}

TEST(Yaml, TypesScalarsAsKubectlDoes) {
  const struct {
    const char* text;
    Json want;
  } kCases[] = {
      {"true", true},
      {"yes", true},
      {"on", true},
      {"Y", true},
      {"off", false},
      {"No", false},
      {"\"true\"", "true"},
      {"'on'", "on"},
      {"\"\"", ""},
      {"null", nullptr},
      {"~", nullptr},
      {"NULL", nullptr},
      {"nULL", "nULL"},
      {"80", 80},
      {"-80", -80},
      {"+80", 80},
      {"0x1F", 31},
      {"017", 15},
      {"0o17", 15},
      {"0b101", 5},
      {"1_000", 1000},
      {"08", 8},
      {"1.5", 1.5},
      {".5", 0.5},
      {"1.0", 1},
      {"1e3", 1000},
      {"-1.5e-1", -0.15},
      {"\"80\"", "80"},
      {"9223372036854775807", INT64_MAX},
      {"18446744073709551615", UINT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"1.2.3", "1.2.3"},
      {"10.0.0.1", "10.0.0.1"},
      {"0x", "0x"},
      {".", "."},
      {"-", Json::array({nullptr})},
      {"2001-01-01", "2001-01-01"},
      {".inf", ".inf"},
      {".nan", ".nan"},
      {"1:30", "1:30"},
      {"!!str 80", "80"},
      {"5m", "5m"},
      {"1e", "1e"},
      {"--5", "--5"},
      {"|\n  80\n", "80\n"},
  };
  for (const auto& [text, want] : kCases) {
    const Json got = One(Cat("v: ", text == std::string("-") ? "\n- " : text))["v"];
    EXPECT_EQ(got, want) << text;
    EXPECT_EQ(got.is_string(), want.is_string()) << text;
  }
}

TEST(Yaml, NamesKeysAsKubectlDoes) {
  EXPECT_EQ(One("{on: 1, 0x10: 2, 1.50: 3, \"y\": 4}"), Json::parse(R"({"true":1,"16":2,"1.50":3,"y":4})"));
}

TEST(Yaml, ReadsEveryDocumentWithItsFirstLine) {
  const YamlStream stream = ReadYaml("# note\n---\na: 1\n---\n---\n\n# c\nb: 2\n---\n- x\n...\n---\nnull\n");
  ASSERT_FALSE(stream.error);
  ASSERT_EQ(stream.documents.size(), 3u);
  EXPECT_EQ(stream.documents[0].lines.line, 3);
  EXPECT_EQ(stream.documents[1].lines.line, 8);
  EXPECT_EQ(stream.documents[2].lines.line, 10);
  EXPECT_EQ(stream.documents[2].value, Json::array({"x"}));
}

TEST(Yaml, ReadsDocumentsApartByEitherMarker) {
  for (const char* text :
       {"a: 1\n---\nb: 2\n", "---\na: 1\n--- {b: 2}\n", "a: 1\n...\nb: 2\n", "a: 1\n...\n# c\n\n---\nb: 2",
        "a: 1\r\n---\r\nb: 2\r\n", "%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n"}) {
    const YamlStream stream = ReadYaml(text);
    EXPECT_FALSE(stream.error) << text << stream.error->message;
    EXPECT_EQ(stream.documents.size(), 2u) << text;
  }
}

TEST(Yaml, MarksLinesOfMembersAndElements) {
  YamlLimits limits;
  limits.marked_depth = 10;
  const YamlStream stream = ReadYaml("a:\n  b:\n  - c: 1\n  -\n    d: 2\n  e:\n    f\n", limits);
  ASSERT_FALSE(stream.error);
  const LineTree& a = stream.documents[0].lines.members.at("a");
  EXPECT_EQ(a.line, 1);
  EXPECT_EQ(a.members.at("b").line, 2);
  EXPECT_EQ(a.members.at("b").members.at("0").line, 3);
  EXPECT_EQ(a.members.at("b").members.at("1").members.at("d").line, 5);
  EXPECT_EQ(a.members.at("e").line, 6);
  const LineTree shallow = ReadYaml("a:\n  b:\n    c: 1\n").documents[0].lines;
  EXPECT_TRUE(shallow.members.at("a").members.at("b").members.empty());
}

TEST(Yaml, ResolvesAliasesAndMergeKeys) {
  EXPECT_EQ(One("a: &x {k: 1, l: 2}\nb: *x\nc: {<<: *x, k: 3}\nd: {<<: [{m: 1}, *x]}\n"), Json::parse(R"(
      {"a":{"k":1,"l":2},"b":{"k":1,"l":2},"c":{"k":3,"l":2},"d":{"m":1,"k":1,"l":2}})"));
  EXPECT_EQ(One("\"<<\": 1"), Json::parse(R"({"<<":1})"));
  EXPECT_EQ(One("? &k key\n: 1\nb: *k\n"), Json::parse(R"({"key":1,"b":"key"})"));
}

TEST(Yaml, SaysWhatIsWrongAndWhere) {
  const struct {
    std::string_view text;
    int line;
    std::string_view message;
  } kCases[] = {
      {"a: 1\nb: 2\na: 3\n", 3, "a second time"},
      {"a: [1, 2\n", 2, ""},
      {"a: 1\n\tb: 2\n", 2, ""},
      {"a: {<<: 5}\n", 1, "<<"},
      {"{[a]: 1}\n", 1, "a key must be a string"},
      {"~: 1\n", 1, "a key must be a string"},
      {"a: !!binary aGk=\n", 1, "not supported"},
      {"a: !mine x\n", 1, "not supported"},
      {"a: *nowhere\n", 1, ""},
      {",", 1, "unexpected"},
      {"a: 1\n---\n'q' , b\n", 3, "unexpected"},
      {"{a: 1} {b: 2}\n", 1, "unexpected"},
      {"- a\nb: 1\n", 2, "unexpected"},
      {"---\n{a: 1} {b: 2}\n", 2, "unexpected"},
      {"}", 1, "flow end"},
      {"a: &a [*a]\n", 1, "within its own anchor"},
      {"ok: 1\nx: \xff\n", 2, "not UTF-8"},
      {std::string_view("a: b\0", 5), 1, "zero byte"},
  };
  for (const auto& [text, line, message] : kCases) {
    const YamlStream stream = ReadYaml(text);
    ASSERT_TRUE(stream.error) << text;
    EXPECT_EQ(stream.error->line, line) << text << ": " << stream.error->message;
    EXPECT_NE(stream.error->message.find(message), std::string::npos) << stream.error->message;
  }
}

TEST(Yaml, KeepsTheDocumentsBeforeAnError) {
  const YamlStream stream = ReadYaml("a: 1\n---\nb: [\n");
  EXPECT_TRUE(stream.error);
  ASSERT_EQ(stream.documents.size(), 1u);
  EXPECT_EQ(stream.documents[0].value["a"], 1);
}

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string NestedBlock(int levels) {
  std::string out;
  for (int i = 0; i < levels; ++i) out += std::string(i, ' ') + "a:\n";
  return out;
}

std::string AliasBomb() {
  std::string out = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = Cat("*a", i - 1);
    out += Cat("a", i, ": &a", i, " [", before, Repeat(", " + before, 8), "]\n");
  }
  return out;
}

// Each anchor holds the one before at the bottom of its own nesting.
std::string DepthByAliases() {
  std::string out = Cat("a0: &a0 ", Repeat("[", 90), Repeat("]", 90), "\n");
  for (int i = 1; i < 200; ++i) {
    out += Cat("a", i, ": &a", i, " ", Repeat("[", 90), "*a", i - 1, Repeat("]", 90), "\n");
  }
  return out;
}

TEST(Yaml, RefusesWhatIsMeantToExhaustIt) {
  const struct {
    const char* name;
    std::string text;
  } kCases[] = {
      {"flow lists", Repeat("[", 1'000'000)},
      {"flow objects", Repeat("{a: ", 100'000)},
      {"block objects", NestedBlock(1'000)},
      {"block lists", Repeat("- ", 10'000)},
      {"alias bomb", AliasBomb()},
      {"long string by aliases", Cat("a: &a ", std::string(1 << 20, 'x'), "\nb: [*a", Repeat(", *a", 1000), "]")},
      {"depth by aliases", DepthByAliases()},
      {"too large", std::string((16 << 20) + 1, 'x')},
      {"binary", std::string("\x7f\x45\x4c\x46\x02\x01\x01\x00\x00", 9)},
  };
  for (const auto& [name, text] : kCases) EXPECT_TRUE(ReadYaml(text).error) << name;
}

TEST(Yaml, CountsNodesAndBytesOfStrings) {
  YamlLimits limits;
  limits.nodes = 4;
  EXPECT_FALSE(ReadYaml("[1, 2, 3]", limits).error);
  EXPECT_TRUE(ReadYaml("[1, 2, 3, 4]", limits).error);
  EXPECT_TRUE(ReadJson("[1, 2, 3, 4]", limits).error);
  limits = {};
  limits.string_bytes = 4;
  EXPECT_FALSE(ReadYaml("[ab, cd]", limits).error);
  EXPECT_TRUE(ReadYaml("[ab, cde]", limits).error);
}

TEST(JsonText, ReadsWithLines) {
  const YamlStream stream = ReadJson("\n{\n  \"a\": [\n    {\"b\": \"\\ud83d\\ude00\"}\n  ],\n  \"c\": 1.0\n}\n");
  ASSERT_FALSE(stream.error) << stream.error->message;
  EXPECT_EQ(stream.documents[0].value, Json::parse(R"({"a":[{"b":"😀"}],"c":1})"));
  EXPECT_EQ(stream.documents[0].lines.line, 2);
  EXPECT_EQ(stream.documents[0].lines.members.at("a").members.at("0").line, 4);
  EXPECT_EQ(stream.documents[0].lines.members.at("c").line, 6);
  EXPECT_TRUE(ReadJson(" \n").documents.empty());
  EXPECT_FALSE(ReadJson(" \n").error);
}

TEST(JsonText, Refuses) {
  const struct {
    std::string text;
    int line;
  } kCases[] = {
      {"{\"a\": 1,\n \"a\": 2}", 2}, {"{\n\"a\":", 2}, {"{} {}", 1}, {"{'a': 1}", 1}, {Repeat("[", 1'000'000), 1},
  };
  for (const auto& [text, line] : kCases) {
    const YamlStream stream = ReadJson(text);
    ASSERT_TRUE(stream.error) << text.substr(0, 30);
    EXPECT_EQ(stream.error->line, line) << text.substr(0, 30) << stream.error->message;
  }
}

}  // namespace
}  // namespace nuncio
