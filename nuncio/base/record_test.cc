#include "nuncio/base/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/nearest.h"
#include "nuncio/base/text.h"

namespace nuncio::record_test {

enum class Colour { kRed, kGreen };
constexpr auto NamesOf(Colour) {
  return std::array{std::pair{Colour::kRed, std::string_view("red")},
                    std::pair{Colour::kGreen, std::string_view("green")}};
}

struct Part {
  std::string name;
  std::optional<int64_t> size;
};
constexpr auto FieldsOf(const Part*) {
  return Record(Required("name", &Part::name), Optional("size", &Part::size).In(1, 9));
}
void CheckRecord(const Part& part, FieldErrors& errors) {
  if (part.name == "bad") errors.AddError("is bad");
}

constexpr std::array<std::string_view, 2> kWords = {"low", "high"};

struct Aside {
  std::string left;
  std::optional<int64_t> right;
  bool operator==(const Aside&) const = default;
};

struct Whole {
  Colour colour = Colour::kRed;
  bool flag = false;
  std::vector<Part> parts;
  std::map<std::string, Part> named;
  std::string nested;
  std::string priority;
  int64_t custom = 0;
  bool has_docs = false;
  Boxed<Part> boxed;
  Rare<std::string> rare;
  Rare<Aside> aside;
};
constexpr auto FieldsOf(const Whole*) {
  return Record(Group("spec", Optional("colour", &Whole::colour),
                      Optional("snake_flag", &Whole::flag).Also("snakeFlag"), Optional("parts", &Whole::parts),
                      Optional("named", &Whole::named), Group("inner", Required("nested", &Whole::nested)),
                      Optional("priority", &Whole::priority).OneOf(kWords), Present("docs", &Whole::has_docs),
                      Optional("boxed", &Whole::boxed), Optional("rare", &Whole::rare).OneOf(kWords),
                      Within(&Whole::aside, Optional("left", &Aside::left).Also("links"),
                             Optional("right", &Aside::right).In(1, 9)),
                      CustomField<Whole>{"custom", [](const Json&, Whole& out, FieldErrors&) { out.custom = 7; }}),
                Known("status"));
}

std::vector<std::string> Problems(const char* text, Whole& out) {
  FieldErrors errors;
  Load(Json::parse(text), out, errors);
  std::vector<std::string> lines;
  for (const auto& entry : errors.entries()) {
    lines.push_back(Cat(entry.weight == FieldErrors::Weight::kError ? "E " : "W ", entry.path, ": ", entry.message));
  }
  return lines;
}

TEST(Record, FillsMembers) {
  Whole out;
  EXPECT_THAT(Problems(R"({"status": {"x": 1}, "spec": {"colour": "green", "snakeFlag": true, "custom": 0, "docs": {},
      "parts": [{"name": "a", "size": 9}], "named": {"k": {"name": "b"}}, "inner": {"nested": "n"}, "priority": "high"}})",
                       out),
              testing::IsEmpty());
  EXPECT_EQ(out.colour, Colour::kGreen);
  EXPECT_TRUE(out.flag);
  EXPECT_TRUE(out.has_docs);
  EXPECT_EQ(out.custom, 7);
  EXPECT_EQ(out.nested, "n");
  EXPECT_EQ(out.priority, "high");
  ASSERT_EQ(out.parts.size(), 1u);
  EXPECT_EQ(out.parts[0].size, 9);
  EXPECT_EQ(out.named.at("k").name, "b");
}

TEST(Record, SaysWhatIsWrongAtItsPath) {
  const struct {
    const char* text;
    const char* want;
  } kCases[] = {
      {R"({"spec": {"inner": {"nested": 5}}})",
       "E spec.inner.nested: must be a string, not the number 5; put it in quotes"},
      {R"({"spec": {"inner": {"nested": null}}})", "E spec.inner.nested: is required"},
      {R"({})", "E spec.inner.nested: is required"},
      {R"({"spec": []})", "E spec: must be an object, not a list"},
      {R"({"spec": {"inner": {"nested": ""}, "colour": "blue"}})",
       "E spec.colour: must be one of red, green, not the text \"blue\""},
      {R"({"spec": {"inner": {"nested": ""}, "snake_flag": "true"}})",
       "E spec.snake_flag: must be true or false, not the text \"true\""},
      {R"({"spec": {"inner": {"nested": ""}, "parts": [{"name": "a"}, {"size": 10, "name": "b"}]}})",
       "E spec.parts[1].size: must be from 1 to 9, not 10"},
      {R"({"spec": {"inner": {"nested": ""}, "parts": [{"name": "a", "size": 1.5}]}})",
       "E spec.parts[0].size: must be a whole number, not the number 1.5"},
      {R"({"spec": {"inner": {"nested": ""}, "parts": [{"name": "bad"}]}})", "E spec.parts[0]: is bad"},
      {R"({"spec": {"inner": {"nested": ""}, "parts": {}}})", "E spec.parts: must be a list, not an object"},
      {R"({"spec": {"inner": {"nested": ""}, "named": {"x.y": {"name": "a", "size": 18446744073709551615}}}})",
       "E spec.named[x.y].size: must not be above 9223372036854775807"},
      {R"({"spec": {"inner": {"nested": ""}, "priority": "LOW"}})",
       "E spec.priority: must be one of low, high, not the text \"LOW\""},
      {R"({"spec": {"inner": {"nested": ""}, "color": "red"}})",
       "W spec.color: is not a field of this kind and has no effect; did you mean \"colour\"?"},
      {R"({"spec": {"inner": {"nested": "", "zzzzzzzz": 1}}})",
       "W spec.inner.zzzzzzzz: is not a field of this kind and has no effect; remove it"},
  };
  for (const auto& [text, want] : kCases) {
    Whole out;
    EXPECT_THAT(Problems(text, out), testing::ElementsAre(want)) << text;
  }
}

TEST(Record, FillsWhatIsBoxedOrRare) {
  Whole out;
  EXPECT_THAT(Problems(R"({"spec": {"inner": {"nested": ""}, "boxed": {"name": "b"}, "rare": "low", "links": "l",
      "right": 3}})",
                       out),
              testing::IsEmpty());
  EXPECT_EQ(out.boxed->name, "b");
  EXPECT_EQ(*out.rare, "low");
  EXPECT_EQ(*out.aside, (Aside{"l", 3}));
  Whole none;
  EXPECT_THAT(
      Problems(R"({"spec": {"inner": {"nested": ""}, "right": 10, "lefd": ""}})", none),
      testing::ElementsAre("E spec.right: must be from 1 to 9, not 10",
                           "W spec.lefd: is not a field of this kind and has no effect; did you mean \"left\"?"));
  EXPECT_FALSE(none.boxed);
}

TEST(Record, GoesOnAfterAnError) {
  Whole out;
  EXPECT_EQ(Problems(R"({"spec": {"colour": 1, "snake_flag": 2, "parts": [3, {}], "custom": null}})", out).size(), 5u);
}

TEST(Nearest, FindsWhatWasMeant) {
  constexpr std::string_view kNames[] = {"hostname", "host", "prefix", "timeout_ms", "tls", "add_request_headers"};
  const struct {
    std::string_view text, want;
  } kCases[] = {
      {"hostName", "hostname"},
      {"hosts", "host"},
      {"timeoutMs", "timeout_ms"},
      {"perfix", "prefix"},
      {"tsl", "tls"},
      {"xyz", ""},
      {"", ""},
      {"addRequestHeaders", "add_request_headers"},
      {"prefixregularly", ""},
  };
  for (const auto& [text, want] : kCases) EXPECT_EQ(Nearest(text, kNames), want) << text;
  EXPECT_EQ(Nearest(std::string(1'000'000, 'a'), kNames), "");
}

}  // namespace nuncio::record_test
