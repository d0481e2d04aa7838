#include "nuncio/app/change_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nuncio::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<envoy::ResourcePtr> Resources(const std::vector<std::pair<std::string, std::string>>& versions) {
  std::vector<envoy::ResourcePtr> resources;
  for (const auto& [name, version] : versions) {
    auto resource = std::make_shared<envoy::Resource>();
    resource->name = name;
    resource->version = version;
    resources.push_back(resource);
  }
  return resources;
}

TEST(ChangeLogTest, DifferencesAreCounted) {
  struct Case {
    const char* name;
    std::vector<envoy::ResourcePtr> before, after;
    Difference want;
  };
  for (const Case& c : {
           Case{"nothing", {}, {}, {0, 0, 0}},
           Case{"first", {}, Resources({{"a", "1"}, {"b", "1"}}), {2, 0, 0}},
           Case{"all go", Resources({{"a", "1"}, {"b", "1"}}), {}, {0, 0, 2}},
           Case{"the same", Resources({{"a", "1"}}), Resources({{"a", "1"}}), {0, 0, 0}},
           Case{"one of each",
                Resources({{"a", "1"}, {"b", "1"}, {"c", "1"}}),
                Resources({{"b", "2"}, {"c", "1"}, {"d", "1"}}),
                {1, 1, 1}},
       }) {
    EXPECT_EQ(Compare(c.before, c.after), c.want) << c.name;
  }
}

TEST(ChangeLogTest, AGenerationIsOneLine) {
  auto config = std::make_shared<envoy::Config>();
  config->resources[static_cast<size_t>(envoy::ResourceType::kCluster)] = Resources({{"a", "1"}});
  pipeline::Generation first;
  first.number = 1;
  first.config = config;
  first.findings = {{ir::Severity::kNotice, "x", {}, "", ""}};
  first.build_time = std::chrono::microseconds(3210);
  EXPECT_EQ(Describe(nullptr, first), "generation 1: clusters +1; 0 errors, 0 warnings, 1 notice; built in 3.2 ms");
  EXPECT_EQ(Describe(&first, first), "generation 1: nothing changes; 0 errors, 0 warnings, 1 notice; built in 3.2 ms");
}

TEST(ChangeLogTest, AFindingIsNewWhenItSaysSomethingElse) {
  const ir::Finding finding{ir::Severity::kError, "schema", {"Host", "default", "web", "a.yaml", 3}, "spec.x", "bad"};
  ir::Finding moved = finding;
  moved.object.line = 30;
  ir::Finding other = finding;
  other.message = "worse";
  EXPECT_THAT(NewFindings({}, {finding}), ElementsAre(finding));
  EXPECT_THAT(NewFindings({finding}, {moved}), IsEmpty());
  EXPECT_THAT(NewFindings({finding}, {moved, other}), ElementsAre(other));
  EXPECT_THAT(NewFindings({finding}, {}), IsEmpty());
}

TEST(ChangeLogTest, AFindingIsOneLineWhateverTheObjectSays) {
  struct Case {
    ir::Finding finding;
    const char* want;
  };
  for (const Case& c : {
           Case{{ir::Severity::kError, "schema", {"Host", "default", "web", "a.yaml", 3}, "spec.x", "is required"},
                "schema: Host default/web (a.yaml:3) spec.x: is required"},
           Case{{ir::Severity::kError, "schema", {"Host", "default", "web", "", 0}, "", "is wrong"},
                "schema: Host default/web: is wrong"},
           Case{{ir::Severity::kError, "parse", {"", "", "", "a.yaml", 1}, "", "no\nerror: all \x1b[0m is well"},
                "parse: (a.yaml:1): no\\x0aerror: all \\x1b[0m is well"},
           Case{{ir::Severity::kError, "envoy-refused", {}, "", "nobody's"}, "envoy-refused: nobody's"},
       }) {
    EXPECT_EQ(Describe(c.finding), c.want);
  }
}

}  // namespace
}  // namespace nuncio::app
