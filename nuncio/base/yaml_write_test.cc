#include "nuncio/base/yaml_write.h"

#include <gtest/gtest.h>

#include <random>

#include "nuncio/base/yaml.h"

namespace nuncio {
namespace {

TEST(YamlWrite, WritesBlocks) {
  const Json value = Json::parse(R"({
    "b": [], "c": {}, "a": {"x": 1, "y": [1, {"k": "v", "l": [true]}, [2, 3]]},
    "text": "one\n  two\n\nthree\n", "cut": "one\ntwo", "n": null, "f": 1.5})");
  EXPECT_EQ(ToYaml(value), R"(a:
  x: 1
  "y":
  - 1
  - k: v
    l:
    - true
  - - 2
    - 3
b: []
c: {}
cut: |-
  one
  two
f: 1.5
"n": null
text: |
  one
    two

  three
)");
}

TEST(YamlWrite, QuotesOnlyWhatWouldReadBackAsSomethingElse) {
  const struct {
    const char* text;
    const char* want;
  } kCases[] = {
      {"plain", "plain"},
      {"two words", "two words"},
      {"/path/{x}", "/path/{x}"},
      {"10.0.0.1:80", "10.0.0.1:80"},
      {"a#b", "a#b"},
      {"-x", "-x"},
      {"", "\"\""},
      {"80", "\"80\""},
      {"true", "\"true\""},
      {"on", "\"on\""},
      {"null", "\"null\""},
      {"1e3", "\"1e3\""},
      {"a: b", "\"a: b\""},
      {"a #b", "\"a #b\""},
      {"*", "\"*\""},
      {"*.example.com", "\"*.example.com\""},
      {" a", "\" a\""},
      {"a\tb", "\"a\\tb\""},
      {"- a", "\"- a\""},
      {"---", "\"---\""},
      {"a:", "\"a:\""},
      {"[a]", "\"[a]\""},
      {"%E", "\"%E\""},
      {"\n", "\"\\n\""},
  };
  for (const auto& [text, want] : kCases) EXPECT_EQ(ToYaml(text), std::string(want) + "\n") << text;
}

class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}

  Json Value(int depth) {
    switch (Below(depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
        return static_cast<int64_t>(random_()) - static_cast<int64_t>(random_());
      case 3:
        return static_cast<double>(random_()) / 7;
      case 6: {
        Json list = Json::array();
        for (size_t n = Below(4); n > 0; --n) list.push_back(Value(depth - 1));
        return list;
      }
      case 7: {
        Json object = Json::object();
        for (size_t n = Below(4); n > 0; --n) object[Text()] = Value(depth - 1);
        return object;
      }
      default:
        return Text();
    }
  }

 private:
  size_t Below(size_t end) { return random_() % end; }
  std::string Text() {
    static const char* const kParts[] = {"a",  "b",    " ",  "\n",     ":",      "#",     "-",    "?",    "'",  "\"",
                                         "\\", "\t",   "|",  ">",      "%",      "@",     "0",    "1",    ".",  "e",
                                         "{",  "}",    "[",  "]",      ",",      "&",     "*",    "!",    "\r", "~",
                                         "on", "é",    "😀",  "<<",     "...",    "=",     "\x01", "\x7f", "no", "null",
                                         "--", "\n\n", "  ", "\u0085", "\u2028", "\ufeff"};
    std::string out;
    for (size_t n = Below(6); n > 0; --n) out += kParts[Below(std::size(kParts))];
    return Below(200) == 0 ? out + std::string(1100, 'k') : out;
  }

  std::mt19937 random_;
};

TEST(YamlWrite, ReadsBackEqual) {
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    RandomJson random(seed);
    const Json value =
        seed % 4 == 0 ? Json::array({random.Value(4)}) : Json{{"a", random.Value(4)}, {"b", random.Value(4)}};
    const std::string text = ToYaml(value);
    const YamlStream stream = ReadYaml(text);
    ASSERT_FALSE(stream.error) << seed << ": " << stream.error->message << "\n" << text;
    ASSERT_EQ(stream.documents.size(), 1u) << seed << "\n" << text;
    ASSERT_EQ(stream.documents[0].value, value) << seed << "\n" << text << value.dump();
  }
}

}  // namespace
}  // namespace nuncio
