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
  Story(unsigned seed, bool delta) : delta_(delta), refuses_(seed % 2 == 0), random_(seed) { Restart(false); }

  void Step() {
    switch (Below(14)) {
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
      case 8:
        envoy->Resolve(absl::StrCat("c", Below(kClusters)));
        break;
      case 9:
        envoy->TellWarm();
        break;
      default:
        envoy->Receive(), envoy->Answer();
    }
  }
  void Settle() {
    for (int i = 0; i < 5; ++i) {
      for (int k = 0; k < 5; ++k) {
        envoy->Settle();
        for (unsigned c = 0; c < kClusters; ++c) envoy->Resolve(absl::StrCat("c", c));
        envoy->TellWarm();
      }
      envoy->Pass(limits.step);
    }
  }

  // Time never runs out for an Envoy that answers at all: then routes go out before their clusters are warm.
  Limits limits{milliseconds(100000), milliseconds(1000)};
  Shared shared{Refusals(WordSet)};
  std::unique_ptr<TestEnvoy> envoy;
  Written written;

 private:
  static constexpr unsigned kClusters = 7;

  unsigned Below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }

  void Restart(bool keeps) {
    const std::unique_ptr<TestEnvoy> before = std::exchange(envoy, std::make_unique<TestEnvoy>(shared, limits, delta_));
    if (refuses_) envoy->refuses = {"bad", "bad routes"};
    if (before != nullptr) {
      envoy->now = before->now;
      envoy->refused_clusters = before->refused_clusters;
      complaints.insert(complaints.end(), before->complaints.begin(), before->complaints.end());
    }
    if (config_ != nullptr) envoy->Set(config_, generation_);
    if (keeps) {
      envoy->Reconnect(*before);
    } else {
      envoy->Connect();
    }
  }

  void Configure() {
    written.clear();
    for (unsigned l = 0; l < 3; ++l) {
      if (Below(4) == 0) continue;
      const std::string listener = absl::StrCat("l", l), routes = absl::StrCat("r", l);
      written[Type::kListener][listener] = routes;
      std::string& clusters = written[Type::kRoutes][routes];
      for (unsigned c = 0; c < kClusters; ++c) {
        if (Below(2) == 0) continue;
        const std::string cluster = absl::StrCat("c", c);
        absl::StrAppend(&clusters, cluster, " ");
        // Those that find their endpoints themselves. None becomes one: a name holds a digest of what it stands for.
        const bool dns = c < 3;
        const bool bad = refuses_ && Below(8) == 0;
        written[Type::kCluster][cluster] = bad ? "bad" : absl::StrCat(dns ? "dns" : "eds", Below(2));
        written[Type::kEndpoints].erase(cluster);
        if (!dns) written[Type::kEndpoints][cluster] = absl::StrCat("10.0.0.", Below(3));
      }
      if (refuses_ && Below(8) == 0) clusters = "bad routes";
    }
    config_ = MakeConfig(written);
    shared.refusals.OnConfig(config_);
    envoy->Set(config_, ++generation_);
  }

 public:
  std::vector<std::string> complaints;

 private:
  const bool delta_, refuses_;
  std::mt19937 random_;
  envoy::ConfigPtr config_;
  uint64_t generation_ = 0;
};

class PropertyTest : public ::testing::TestWithParam<std::tuple<bool, unsigned>> {};

TEST_P(PropertyTest, EnvoyEndsWithTheConfigurationAndSuffersNothing) {
  Story story(std::get<1>(GetParam()), std::get<0>(GetParam()));
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

INSTANTIATE_TEST_SUITE_P(Delta, PropertyTest, ::testing::Combine(::testing::Values(true), ::testing::Range(1U, 201U)));
INSTANTIATE_TEST_SUITE_P(Sotw, PropertyTest, ::testing::Combine(::testing::Values(false), ::testing::Range(1U, 201U)));

}  // namespace
}  // namespace nuncio::xds
