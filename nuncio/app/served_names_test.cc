#include "nuncio/app/served_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio::app {
namespace {

using ::testing::ElementsAre;

class ServedNamesTest : public testing::Test {
 protected:
  // A resource that these Mappings are in, and that counts how often it is asked for them.
  envoy::ResourcePtr Make(std::vector<std::string> mappings) {
    envoy::Resource resource;
    resource.origins = envoy::Origins([this, mappings = std::move(mappings)] {
      ++asked_;
      std::vector<ir::Origin> out;
      for (const std::string& name : mappings) out.push_back({"Mapping", "a", name, "", 0});
      return out;
    });
    return std::make_shared<const envoy::Resource>(std::move(resource));
  }
  static envoy::Config Of(std::vector<envoy::ResourcePtr> listeners, std::vector<envoy::ResourcePtr> routes,
                          std::vector<envoy::ResourcePtr> clusters = {}) {
    envoy::Config config;
    config.resources[static_cast<size_t>(envoy::ResourceType::kListener)] = std::move(listeners);
    config.resources[static_cast<size_t>(envoy::ResourceType::kRoutes)] = std::move(routes);
    config.resources[static_cast<size_t>(envoy::ResourceType::kCluster)] = std::move(clusters);
    return config;
  }
  std::vector<std::string> After(const envoy::Config& config) {
    served_.Follow(config);
    std::vector<std::string> out;
    for (const auto& [kind, ns, name] : *served_.names()) out.push_back(name);
    return out;
  }

  int asked_ = 0;
  ServedNames served_;
};

TEST_F(ServedNamesTest, AreThoseOfListenersAndRoutesAsTheyComeAndGo) {
  const envoy::ResourcePtr one = Make({"m", "n"}), two = Make({"n", "o"}), three = Make({"p"}), cluster = Make({"c"});
  EXPECT_THAT(After(Of({three}, {one, two}, {cluster})), ElementsAre("m", "n", "o", "p"));
  EXPECT_THAT(After(Of({three}, {two}, {cluster})), ElementsAre("n", "o", "p")) << "two still has n";
  EXPECT_THAT(After(Of({}, {one})), ElementsAre("m", "n"));
  EXPECT_THAT(After(Of({}, {})), ElementsAre());
}

TEST_F(ServedNamesTest, WhoeverHoldsThemKeepsThemAsTheyWere) {
  After(Of({}, {Make({"m"})}));
  const Shared<std::set<status::Name>> before = served_.names();
  EXPECT_THAT(After(Of({}, {Make({"n"})})), ElementsAre("n"));
  EXPECT_EQ(before->count({"Mapping", "a", "m"}), 1u);
  EXPECT_EQ(before->count({"Mapping", "a", "n"}), 0u);
}

TEST_F(ServedNamesTest, AResourceThatStaysIsNotAskedAgain) {
  const envoy::ResourcePtr stays = Make({"m"});
  for (int number = 0; number < 10; ++number) After(Of({}, {stays, Make({Cat("n", number)})}));
  EXPECT_EQ(asked_, 1 + 10);
}

}  // namespace
}  // namespace nuncio::app
