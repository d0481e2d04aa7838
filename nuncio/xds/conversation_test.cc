// Conversations with a delta client: who says what, in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/xds/test_envoy.h"

namespace nuncio::xds {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Type = envoy::ResourceType;

// One listener whose routes lead to the clusters; those that begin with "e" get endpoints of their own.
Written Serving(const std::string& clusters, const std::string& endpoint = "10.0.0.1") {
  Written written;
  written[Type::kListener]["l"] = "r";
  written[Type::kRoutes]["r"] = clusters;
  for (const std::string& name : Words(clusters)) {
    const bool eds = name.starts_with('e');
    written[Type::kCluster][name] = eds ? "eds" : "dns";
    if (eds) written[Type::kEndpoints][name] = endpoint;
  }
  return written;
}

class ConversationTest : public ::testing::Test {
 protected:
  Limits limits{milliseconds(5000), milliseconds(1000)};
  Shared shared{Refusals(WordSet)};
  TestEnvoy envoy{shared, limits};
};

TEST_F(ConversationTest, NothingIsSaidBeforeThereIsAConfiguration) {
  envoy.Connect();
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "");
}

TEST_F(ConversationTest, ClustersThenEndpointsThenListenersThenRoutes) {
  envoy.Connect();
  envoy.Set(Serving("e1 e2"), 1);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "CDS e1=eds e2=eds\nEDS e1=10.0.0.1 e2=10.0.0.1\nLDS l=r\nRDS r=e1 e2\n");
  EXPECT_THAT(envoy.complaints, IsEmpty());
  EXPECT_EQ(envoy.client().acknowledged(), 1U);
}

TEST_F(ConversationTest, RoutesWaitUntilTheEndpointsOfANewClusterAreAcknowledged) {
  envoy.Connect();
  envoy.Set(Serving("e1"), 1);
  envoy.Settle();
  envoy.TakeTranscript();
  envoy.Set(Serving("e1 e2"), 2);
  envoy.Receive();
  EXPECT_EQ(envoy.TakeTranscript(), "CDS e2=eds\n");
  envoy.Answer();  // and asks for the endpoints
  envoy.Receive();
  EXPECT_EQ(envoy.TakeTranscript(), "EDS e2=10.0.0.1\n");
  EXPECT_LT(envoy.client().acknowledged(), 2U);
  envoy.Answer();
  envoy.Receive();
  EXPECT_EQ(envoy.TakeTranscript(), "RDS r=e1 e2\n");
}

TEST_F(ConversationTest, ClustersThatNoAcknowledgementTellsOfWaitForWhoeverCanAsk) {
  envoy.Connect();
  envoy.Set(Serving("d1"), 1);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "CDS d1=dns\n");
  const uint64_t token = envoy.client().awaiting_warm();
  ASSERT_NE(token, 0U);
  envoy.client().OnWarm(token - 1);  // an old one
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "");
  envoy.client().OnWarm(token);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "LDS l=r\nRDS r=d1\n");
  EXPECT_EQ(envoy.client().awaiting_warm(), 0U);
}

TEST_F(ConversationTest, WaitingForWarmClustersEnds) {
  envoy.Connect();
  envoy.Set(Serving("d1"), 1);
  envoy.Pass(limits.step - milliseconds(1));
  EXPECT_EQ(envoy.TakeTranscript(), "CDS d1=dns\n");
  envoy.Pass(milliseconds(1));
  EXPECT_EQ(envoy.TakeTranscript(), "LDS l=r\nRDS r=d1\n");
}

TEST_F(ConversationTest, EndpointsWaitForNothing) {
  envoy.Connect();
  envoy.Set(Serving("e1"), 1);
  envoy.Settle();
  envoy.TakeTranscript();
  envoy.Set(Serving("e1 d2", "10.0.0.2"), 2);  // whose new cluster is not warm
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "CDS d2=dns\nEDS e1=10.0.0.2\n");
}

TEST_F(ConversationTest, WhatDidNotChangeIsNotSaidAgain) {
  envoy.Connect();
  envoy.Set(Serving("e1 e2"), 1);
  envoy.Settle();
  envoy.TakeTranscript();
  envoy.Set(Serving("e1 e2"), 2);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "");
  EXPECT_EQ(envoy.client().acknowledged(), 2U);
}

TEST_F(ConversationTest, AClientThatComesBackIsToldWhatChangedMeanwhile) {
  const std::map<Type, std::map<std::string, std::string>> known = {
      {Type::kCluster, {{"e1", "eds"}, {"old", "eds"}}},
      {Type::kEndpoints, {{"e1", "10.0.0.1"}, {"old", "10.0.0.9"}}},
      {Type::kListener, {{"l", "r"}}},
      {Type::kRoutes, {{"r", "e1"}}}};
  envoy.Connect(known);
  envoy.Set(Serving("e1"), 7);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "");
  EXPECT_EQ(envoy.client().acknowledged(), 7U);
  envoy.Pass(limits.grace);
  EXPECT_EQ(envoy.TakeTranscript(), "CDS -old\n");
}

TEST_F(ConversationTest, WhatIsNotUsedAnyMoreIsWithdrawnAGracePeriodAfterTheSwitch) {
  envoy.Connect();
  envoy.Set(Serving("e1 e2"), 1);
  envoy.Settle();
  envoy.TakeTranscript();
  envoy.Set(Serving("e2"), 2);
  envoy.Pass(limits.grace - milliseconds(1));
  EXPECT_EQ(envoy.TakeTranscript(), "RDS r=e2\n");
  envoy.Pass(milliseconds(1));
  EXPECT_EQ(envoy.TakeTranscript(), "CDS -e1\n");
  EXPECT_THAT(envoy.complaints, IsEmpty());
}

TEST_F(ConversationTest, AWithdrawalIsCalledOffWhenItIsWantedAgain) {
  envoy.Connect();
  envoy.Set(Serving("e1 e2"), 1);
  envoy.Settle();
  envoy.Set(Serving("e2"), 2);
  envoy.Pass(limits.grace / 2);
  envoy.Set(Serving("e1 e2"), 3);
  envoy.TakeTranscript();
  envoy.Pass(limits.grace * 2);
  EXPECT_EQ(envoy.TakeTranscript(), "RDS r=e1 e2\n");
}

TEST_F(ConversationTest, ARefusalIsTracedToOneOfMany) {
  envoy.refuses = {"bad"};
  Written written = Serving("e1 e2 e3");
  written[Type::kCluster]["e2"] = "bad";
  envoy.Connect();
  envoy.Set(written, 1);
  envoy.Settle();
  const std::vector<Refusal> refusals = shared.refusals.List();
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_EQ(refusals[0].name, "e2");
  EXPECT_EQ(refusals[0].error, "no bad");
  EXPECT_FALSE(refusals[0].has_last_good);
  EXPECT_THAT(refusals[0].origins, ElementsAre(ir::Origin{"Mapping", "default", "e2", "", 0}));
  EXPECT_TRUE(envoy.Has(Type::kCluster, "e1") && envoy.Has(Type::kCluster, "e3"));
  EXPECT_TRUE(envoy.Has(Type::kRoutes, "r"));  // it held back nobody
}

TEST_F(ConversationTest, ARefusedListenerHoldsBackNoOther) {
  envoy.refuses = {"refused"};
  Written written = Serving("e1");
  written[Type::kListener]["bad"] = "refused";
  written[Type::kRoutes]["refused"] = "e1";
  envoy.Connect();
  envoy.Set(written, 1);
  envoy.Settle();
  EXPECT_TRUE(envoy.Has(Type::kListener, "l"));
  EXPECT_EQ(envoy.client().acknowledged(), 1U);
  envoy.TakeTranscript();
  written[Type::kRoutes]["r"] = "e1 ";
  envoy.Set(written, 2);
  envoy.Settle();
  EXPECT_EQ(envoy.TakeTranscript(), "RDS r=e1 \n");  // the refused one is not offered again
}

TEST_F(ConversationTest, ARefusedVersionKeepsTheOneBefore) {
  envoy.refuses = {"e1 bad"};
  envoy.Connect();
  envoy.Set(Serving("e1"), 1);
  envoy.Settle();
  Written written = Serving("e1");
  written[Type::kRoutes]["r"] = "e1 bad";
  envoy.Set(written, 2);
  envoy.Settle();
  EXPECT_EQ(envoy.Of(Type::kRoutes).at("r"), "e1");
  ASSERT_THAT(shared.refusals.List(), SizeIs(1));
  EXPECT_TRUE(shared.refusals.List()[0].has_last_good);

  // An Envoy that is new gets the last good version, not the refused one.
  TestEnvoy restarted(shared, limits);
  restarted.Connect();
  restarted.Set(written, 2);
  restarted.Settle();
  EXPECT_EQ(restarted.Of(Type::kRoutes).at("r"), "e1");
  EXPECT_THAT(restarted.TakeTranscript(), HasSubstr("RDS r=e1\n"));
}

TEST_F(ConversationTest, ARefusalEndsWhenAnotherVersionIsAccepted) {
  envoy.refuses = {"e1 bad"};
  Written written = Serving("e1");
  written[Type::kRoutes]["r"] = "e1 bad";
  envoy.Connect();
  envoy.Set(written, 1);
  envoy.Settle();
  ASSERT_THAT(shared.refusals.List(), SizeIs(1));
  envoy.Set(Serving("e1"), 2);
  envoy.Settle();
  EXPECT_THAT(shared.refusals.List(), IsEmpty());
  EXPECT_EQ(envoy.Of(Type::kRoutes).at("r"), "e1");
}

// The client is on its way from the refused configuration to the next one, and still has the refused listener.
TEST_F(ConversationTest, ARefusalEndsWhenWhatWasRefusedGoes) {
  envoy.refuses = {"refused"};
  Written written = Serving("e1");
  written[Type::kListener]["bad"] = "refused";
  envoy.Connect();
  envoy.Set(written, 1);
  envoy.Settle();
  ASSERT_THAT(shared.refusals.List(), SizeIs(1));
  envoy.TakeTranscript();
  envoy.Set(Serving("e1 e2"), 2);
  envoy.Settle();
  EXPECT_THAT(shared.refusals.List(), IsEmpty());
  EXPECT_EQ(envoy.TakeTranscript(), "CDS e2=eds\nEDS e2=10.0.0.1\nRDS r=e1 e2\n");
}

// The same for one that goes back to what was accepted before: no later answer tells that all is well.
TEST_F(ConversationTest, ARefusalEndsWhenTheVersionBeforeIsWantedAgain) {
  envoy.refuses = {"e1 bad"};
  envoy.Connect();
  envoy.Set(Serving("e1"), 1);
  envoy.Settle();
  Written written = Serving("e1");
  written[Type::kRoutes]["r"] = "e1 bad";
  envoy.Set(written, 2);
  envoy.Settle();
  ASSERT_THAT(shared.refusals.List(), SizeIs(1));
  envoy.Set(Serving("e1"), 3);
  envoy.Settle();
  EXPECT_THAT(shared.refusals.List(), IsEmpty());
  EXPECT_EQ(envoy.client().acknowledged(), 3U);
}

TEST_F(ConversationTest, ChangesThatNeverEndStarveNobody) {
  envoy.Connect();
  envoy.Set(Serving("e0"), 1);
  envoy.Settle();
  uint64_t generation = 1;
  // A new cluster at every step, so that some cluster is always cold.
  for (int step = 0; step < 60; ++step) {
    ++generation;
    envoy.Set(Serving("e" + std::to_string(generation)), generation);
    envoy.Receive();
    envoy.Answer();
  }
  EXPECT_GT(envoy.client().acknowledged(), 1U);
  EXPECT_GT(envoy.Of(Type::kRoutes).size(), 0U);
  EXPECT_THAT(envoy.complaints, IsEmpty());
}

TEST_F(ConversationTest, ANameThatIsNotThereIsAnswered) {
  envoy.Connect({{Type::kEndpoints, {{"nobody", "10.0.0.1"}}}});
  envoy.Set(Serving("e1"), 1);
  envoy.Pass(limits.grace);
  EXPECT_FALSE(envoy.Has(Type::kEndpoints, "nobody"));
}

TEST_F(ConversationTest, UnknownTypesAndNoncesAreIgnored) {
  DeltaSession session(shared, limits);
  session.client().OnConfig(MakeConfig(Serving("e1")), 1, {});
  DeltaSession::Request request;
  request.set_type_url("type.googleapis.com/envoy.service.runtime.v3.Runtime");
  session.OnRequest(request, {});
  EXPECT_FALSE(session.Next({}).has_value());
  request.set_type_url(std::string(envoy::TypeUrl(Type::kCluster)));
  session.OnRequest(request, {});
  EXPECT_TRUE(session.Next({}).has_value());
  for (const char* nonce : {"no number", "4711"}) {
    request.set_response_nonce(nonce);
    session.OnRequest(request, {});
    EXPECT_FALSE(session.Next({}).has_value()) << nonce;
  }
  EXPECT_EQ(shared.acks, 0U);
}

}  // namespace
}  // namespace nuncio::xds
