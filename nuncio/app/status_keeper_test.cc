#include "nuncio/app/status_keeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "nuncio/base/sync.h"
#include "nuncio/base/text.h"
#include "nuncio/resource/decode.h"
#include "nuncio/store/store.h"

namespace nuncio::app {
namespace {

using status::Truth;
using status::Type;
using Statuses = std::vector<status::ObjectStatus>;

store::SnapshotPtr Snapshot(int generation) {
  const std::string text = Cat(
      "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: a, uid: u-l, generation: "
      "1}, "
      "spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}}\n---\n"
      "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: a, uid: u-m, generation: ",
      generation, "}, spec: {hostname: '*', prefix: /, service: '127.0.0.1:1'}}\n");
  store::Store store;
  std::vector<resource::Decoded> objects;
  for (const YamlDocument& document : ReadYaml(text).documents) {
    for (resource::Decoded& decoded : resource::Decode(document, "")) objects.push_back(std::move(decoded));
  }
  store.PutFile("f", std::move(objects));
  return store.Snapshot();
}

pipeline::GenerationPtr Generation(uint64_t mapping, uint64_t number) {
  return pipeline::Build(Snapshot(static_cast<int>(mapping)), {}, number);
}
pipeline::GenerationPtr Generation(uint64_t number) { return Generation(number, number); }

// A keeper that does not wait, and the Envoy of which it hears.
class StatusKeeperTest : public testing::Test {
 protected:
  // Of the Mapping; waits for statuses that nobody has taken.
  std::string Told() {
    const std::optional<Statuses> statuses = told_.Take();
    for (const status::ObjectStatus& each : *statuses) {
      if (each.kind != "Mapping") continue;
      const status::Condition& programmed = each.of(Type::kProgrammed);
      return Cat(each.generation, " ", programmed.reason);
    }
    return "nothing of it";
  }

  // Of all objects.
  std::string Reasons() {
    const std::optional<Statuses> statuses = told_.Take();
    std::string out;
    for (const status::ObjectStatus& each : *statuses) {
      out += Cat(out.empty() ? "" : ", ", each.kind, " ", each.of(Type::kProgrammed).reason);
    }
    return out;
  }

  std::mutex mutex_;
  xds::Progress progress_;
  Latest<Statuses> told_;
  std::promise<void> competes_;
  StatusKeeper keeper_{
      "default",
      {[this] {
         std::lock_guard lock(mutex_);
         return progress_;
       },
       [this] { competes_.set_value(); }, [this](Statuses statuses) { told_.Put(std::move(statuses)); }},
      StatusKeeper::Duration(0),
      StatusKeeper::Duration(0)};

  // An Envoy that has the first generation, and a replica that leads.
  void Begin() {
    keeper_.OnGeneration(Generation(1));
    Acknowledge(1);
    competes_.get_future().wait();
    keeper_.OnLeading(true);
    EXPECT_EQ(Told(), "1 Programmed") << "the first that is told";
  }
  void Acknowledge(uint64_t number) {
    {
      std::lock_guard lock(mutex_);
      progress_.acknowledged = number;
    }
    keeper_.OnProgress();
  }
};

TEST_F(StatusKeeperTest, TellsWhatEnvoyAcknowledged) {
  Begin();
  keeper_.OnGeneration(Generation(2));
  EXPECT_EQ(Told(), "2 Pending");
  Acknowledge(2);
  EXPECT_EQ(Told(), "2 Programmed");
}

TEST_F(StatusKeeperTest, TellsWhatEnvoyRefuses) {
  Begin();
  keeper_.OnGeneration(Generation(2));
  EXPECT_EQ(Told(), "2 Pending");
  {
    std::lock_guard lock(mutex_);
    xds::Refusal refusal;
    refusal.origins = {{"Mapping", "a", "m", "", 0}};
    progress_.refusals = {refusal};
  }
  Acknowledge(2);
  EXPECT_EQ(Told(), "2 EnvoyRefused");
}

// Envoy goes on with the last good version, in which the Listener is as it is now, and the Mapping is not.
TEST_F(StatusKeeperTest, WhatDidNotChangeSinceTheLastGoodVersionIsLive) {
  Begin();
  keeper_.OnGeneration(Generation(2));
  EXPECT_EQ(Told(), "2 Pending");
  xds::Refusal refusal;
  refusal.origins = {{"Listener", "a", "l", "", 0}, {"Mapping", "a", "m", "", 0}};
  refusal.has_last_good = true;
  {
    std::lock_guard lock(mutex_);
    progress_.refusals = {refusal};
  }
  Acknowledge(2);
  EXPECT_EQ(Reasons(), "Listener Programmed, Mapping EnvoyRefused");
  // As long as it is refused, whatever is acknowledged beside it.
  keeper_.OnGeneration(Generation(3));
  EXPECT_EQ(Reasons(), "Listener Programmed, Mapping EnvoyRefused");
  Acknowledge(3);
  EXPECT_EQ(Reasons(), "Listener Programmed, Mapping EnvoyRefused");
  // Back to what Envoy has: nobody is new, so that nobody can be told apart.
  keeper_.OnGeneration(Generation(1, 4));
  EXPECT_EQ(Reasons(), "Listener EnvoyRefused, Mapping EnvoyRefused");
  {
    std::lock_guard lock(mutex_);
    progress_.refusals.clear();
  }
  Acknowledge(4);
  EXPECT_EQ(Reasons(), "Listener Programmed, Mapping Programmed");
}

TEST_F(StatusKeeperTest, AReplicaThatDoesNotLeadKnowsWhatToSayWhenItDoes) {
  Begin();
  keeper_.OnLeading(false);
  for (uint64_t number = 2; number < 30; ++number) keeper_.OnGeneration(Generation(number));
  Acknowledge(29);
  keeper_.OnLeading(true);
  EXPECT_EQ(Told(), "29 Programmed");
}

TEST_F(StatusKeeperTest, WithoutAnEnvoyItDoesNotCompete) {
  std::future<void> competes = competes_.get_future();
  for (uint64_t number = 1; number < 30; ++number) keeper_.OnGeneration(Generation(number));
  EXPECT_EQ(competes.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Acknowledge(29);
  competes.wait();
}

}  // namespace
}  // namespace nuncio::app
