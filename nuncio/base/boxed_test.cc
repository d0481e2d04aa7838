#include "nuncio/base/boxed.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace nuncio {
namespace {

static_assert(sizeof(Boxed<std::vector<std::string>>) == sizeof(void*));
static_assert(sizeof(Rare<std::map<std::string, std::string>>) == sizeof(void*));

struct Pair {
  int a = 0;
  std::string b;
  auto operator<=>(const Pair&) const = default;
};

TEST(Boxed, TellsUnsetFromEmpty) {
  const Boxed<std::string> unset, empty = std::string();
  EXPECT_FALSE(unset.has_value());
  EXPECT_TRUE(empty.has_value());
  EXPECT_NE(unset, empty);
  EXPECT_EQ(unset, std::nullopt);
  EXPECT_LT(unset, empty);
  EXPECT_LT(empty, std::string("a"));
  EXPECT_EQ(unset.value_or("x"), "x");
  EXPECT_EQ(empty.value_or("x"), "");
}

TEST(Boxed, CopiesDeep) {
  Boxed<Pair> one = Pair{1, "x"};
  Boxed<Pair> two = one;
  two->a = 2;
  EXPECT_EQ(one->a, 1);
  EXPECT_LT(one, two);
  one = two;
  EXPECT_EQ(one, two);
  EXPECT_NE(&*one, &*two);
  two.reset();
  EXPECT_EQ(one, (Pair{2, "x"}));
  one = std::move(two);
  EXPECT_FALSE(one);
}

TEST(Boxed, ComesFromAnOptional) {
  Boxed<Pair> boxed = std::optional<Pair>();
  EXPECT_FALSE(boxed);
  boxed = std::optional(Pair{3, ""});
  EXPECT_EQ(boxed->a, 3);
  EXPECT_EQ(boxed.emplace().a, 0);
}

TEST(Rare, ReadsAsTheStandardValueUntilSet) {
  Rare<Pair> rare;
  EXPECT_EQ(rare->a, 0);
  const Rare<Pair> never;
  EXPECT_EQ(&*rare, &*never) << "nothing of their own";
  rare = Pair{1, "x"};
  EXPECT_EQ(rare->b, "x");
  EXPECT_LT(never, rare);
  rare = Pair{};
  EXPECT_EQ(&*rare, &*never) << "the standard value is not kept";
}

TEST(Rare, CopiesDeepAndComparesByValue) {
  Rare<Pair> one;
  one.Edit().a = 1;
  Rare<Pair> two = one;
  two.Edit().a = 2;
  EXPECT_EQ(one->a, 1);
  EXPECT_NE(one, two);
  two.Edit().a = 0;
  EXPECT_EQ(two, Rare<Pair>()) << "set to what it is anyway";
  two.reset();
  EXPECT_EQ(two->a, 0);
}

TEST(Rare, TakesWhatItsTypeTakes) {
  Rare<std::string> text = "x";
  EXPECT_EQ(*text, "x");
  text = "";
  EXPECT_TRUE(text->empty());
  Rare<std::map<std::string, int>> map;
  map = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(map->size(), 2u);
}

}  // namespace
}  // namespace nuncio
