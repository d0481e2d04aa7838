#include "nuncio/translate/emissary/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/resource/module.h"

namespace nuncio::translate::emissary {
namespace {

TEST(Selection, TakesObjectsOfItsId) {
  EXPECT_TRUE(IsMine({}, "default"));
  EXPECT_FALSE(IsMine({}, "other"));
  EXPECT_TRUE(IsMine({"a", "other"}, "other"));
  EXPECT_FALSE(IsMine({"a"}, "default"));
  EXPECT_TRUE(IsMine({"a", "_automatic_"}, "other"));
}

TEST(Selection, VisitsByNameThenNamespace) {
  store::Table<resource::KubernetesServiceResolver> table;
  const auto put = [&](const char* ns, const char* name, resource::AmbassadorId id = {}) {
    resource::KubernetesServiceResolver object;
    object.meta.ns = ns;
    object.meta.name = name;
    object.ambassador_id = std::move(id);
    table.Put(std::make_shared<const resource::KubernetesServiceResolver>(std::move(object)));
  };
  put("z", "a");
  put("b", "c");
  put("a", "c");
  put("a", "b", {"other"});
  std::vector<std::string> visited;
  for (const auto* object : Mine(table, "default")) visited.push_back(VisitKey(object->meta));
  EXPECT_THAT(visited, testing::ElementsAre("a.z", "c.a", "c.b"));
}

TEST(Selection, SelectorsAskForAllLabelsUnlessLenient) {
  const resource::StringMap labels{{"a", "1"}, {"b", "2"}};
  EXPECT_TRUE(SelectorMatches({}, labels, true));
  EXPECT_TRUE(SelectorMatches({{"a", "1"}}, labels, true));
  EXPECT_FALSE(SelectorMatches({{"a", "2"}}, labels, true));
  EXPECT_FALSE(SelectorMatches({{"a", "1"}, {"c", "3"}}, labels, true));
  EXPECT_TRUE(SelectorMatches({{"a", "1"}, {"c", "3"}}, labels, false));
  EXPECT_FALSE(SelectorMatches({{"c", "3"}}, labels, false));
}

}  // namespace
}  // namespace nuncio::translate::emissary
