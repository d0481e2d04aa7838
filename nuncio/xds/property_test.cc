// Random configurations and an Envoy that answers late, refuses and restarts: whatever happens, no route leads to a
// cluster that is not warm, nothing is said twice, and in the end Envoy has what the configuration says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "nuncio/xds/test_envoy.h"

namespace nuncio::xds {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using Type = envoy::ResourceType;

class Story {
 public:
  // Every other Envoy refuses what is called bad.
  explicit Story(unsigned seed) : refuses_(seed % 2 == 0), random_(seed) { Restart(false); }

  void Step() {
    switch (Below(12)) {
      case 0:
      case 1:
      case 2:
        Configure();
        break;
      case 3:
        envoy->now += milliseconds(Below(1500));
        break;
      case 4:
        // A stream that breaks: sometimes Envoy keeps what it has, sometimes it starts anew.
        if (Below(4) == 0) Restart(Below(2) == 0);
        break;
      case 5:
      case 6:
      case 7:
        envoy->Receive();
        break;
      default:
        envoy->Receive(), envoy->Answer();
    }
  }
  void Settle() {
    for (int i = 0; i < 5; ++i) envoy->Pass(limits.step);
  }

  // Time never runs out for an Envoy that answers at all: then routes go out before their clusters are warm.
  Limits limits{milliseconds(100000), milliseconds(1000)};
  Shared shared{Refusals(WordSet)};
  std::unique_ptr<TestEnvoy> envoy;
  Written written;

 private:
  unsigned Below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }

  void Restart(bool keeps) {
    const auto known = keeps ? envoy->has : decltype(envoy->has){};
    const auto warming = keeps ? envoy->warming : std::set<std::string>();
    const Time now = envoy == nullptr ? Time{} : envoy->now;
    const std::set<std::string> refused = envoy == nullptr ? std::set<std::string>() : envoy->refused_clusters;
    if (envoy != nullptr) complaints.insert(complaints.end(), envoy->complaints.begin(), envoy->complaints.end());
    envoy = std::make_unique<TestEnvoy>(shared, limits);
    envoy->now = now;
    envoy->warming = warming;
    envoy->refused_clusters = refused;
    if (refuses_) envoy->refuses = {"bad", "bad routes"};
    if (generation_ > 0) envoy->Set(written, generation_);
    envoy->Connect(known);
  }

  void Configure() {
    written.clear();
    for (unsigned l = 0; l < 3; ++l) {
      if (Below(4) == 0) continue;
      const std::string listener = absl::StrCat("l", l), routes = absl::StrCat("r", l);
      written[Type::kListener][listener] = routes;
      std::string& clusters = written[Type::kRoutes][routes] = " ";
      for (unsigned c = 0; c < 6; ++c) {
        if (Below(2) == 0) continue;
        const std::string cluster = absl::StrCat("e", c);
        absl::StrAppend(&clusters, cluster, " ");
        written[Type::kCluster][cluster] = refuses_ && Below(8) == 0 ? "bad" : absl::StrCat("eds", Below(2));
        written[Type::kEndpoints][cluster] = absl::StrCat("10.0.0.", Below(3));
      }
      if (refuses_ && Below(8) == 0) clusters = "bad routes";
    }
    shared.refusals.OnConfig(*MakeConfig(written));
    envoy->Set(written, ++generation_);
  }

 public:
  std::vector<std::string> complaints;

 private:
  const bool refuses_;
  std::mt19937 random_;
  uint64_t generation_ = 0;
};

class PropertyTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(PropertyTest, EnvoyEndsWithTheConfigurationAndSuffersNothing) {
  Story story(GetParam());
  for (int step = 0; step < 1500; ++step) {
    story.Step();
    ASSERT_THAT(story.envoy->complaints, IsEmpty()) << "step " << step << "\n" << story.envoy->TakeTranscript();
  }
  story.Settle();
  EXPECT_THAT(story.complaints, IsEmpty());
  EXPECT_THAT(story.envoy->complaints, IsEmpty());
  for (const std::string& name : story.envoy->warming) {
    EXPECT_FALSE(story.written[Type::kCluster].contains(name)) << name << " waits for its endpoints";
  }
  if (story.envoy->refuses.empty()) {
    for (const Type type : envoy::kAllResourceTypes) EXPECT_EQ(story.envoy->Of(type), story.written[type]);
    return;
  }
  // Everything but what is refused; that is listed, and what was before stays.
  std::set<std::string> refused, listed;
  for (const auto& [type, resources] : story.written) {
    for (const auto& [name, bytes] : resources) {
      if (story.envoy->refuses.contains(bytes)) {
        refused.insert(name);
      } else if (type != Type::kEndpoints || !refused.contains(name)) {
        EXPECT_EQ(story.envoy->Has(type, name) ? story.envoy->Of(type).at(name) : "nothing", bytes) << name;
      }
    }
  }
  for (const Refusal& refusal : story.shared.refusals.List()) listed.insert(refusal.name);
  EXPECT_EQ(listed, refused);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PropertyTest, ::testing::Range(1U, 201U));

}  // namespace
}  // namespace nuncio::xds
