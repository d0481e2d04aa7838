#include "nuncio/base/shared.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace nuncio {
namespace {

TEST(Shared, IsSharedByItsCopies) {
  const Shared<std::string> one = "a name that is longer than a string holds in itself";
  const Shared<std::string> two = one;
  EXPECT_EQ(&*one, &*two);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one <=> two, std::strong_ordering::equal);
}

TEST(Shared, ComparesByValue) {
  const Shared<std::string> a = "a", also_a = "a", b = "b";
  EXPECT_EQ(a, also_a);
  EXPECT_NE(&*a, &*also_a);
  EXPECT_LT(a, b);
  EXPECT_EQ(a, "a");
}

TEST(Shared, ReadsAsTheStandardValueUntilSet) {
  Shared<std::pair<int, std::string>> shared;
  const Shared<std::pair<int, std::string>> never;
  EXPECT_EQ(shared->first, 0);
  shared = {1, "x"};
  EXPECT_EQ(shared->second, "x");
  EXPECT_NE(shared, never);
  shared = std::pair<int, std::string>();
  EXPECT_EQ(&*shared, &*never) << "the standard value is not kept";
}

TEST(Shared, KeepsWhatItIsAPartOf) {
  auto whole = std::make_shared<const std::pair<int, std::string>>(1, "part");
  const std::weak_ptr<const std::pair<int, std::string>> watch = whole;
  Shared<std::string> part = std::shared_ptr<const std::string>(whole, &whole->second);
  whole.reset();
  EXPECT_EQ(*part, "part");
  part = "other";
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace nuncio
