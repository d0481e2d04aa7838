// The same conversations in both protocols.
#include "nuncio/xds/script.h"

#include <gtest/gtest.h>

namespace nuncio::xds {
namespace {

using testing::Conversation;

struct Step {
  std::string say, want;
  std::string sotw = "=";  // "=": the same as delta
};
struct Script {
  const char* name;
  std::vector<Step> steps;
  bool sotw = true;
};

// The usual beginning: one cluster with endpoints, one listener, one route configuration, all accepted.
const std::vector<Step> kServing = {
    {"ask C", ""}, {"set 1 C:a=1 E:a=1 L:l=1 R:r=1", "C a=1"},
    {"ack C", ""}, {"ask E a", "E a=1"},
    {"ack E", ""}, {"ask L", "L l=1"},
    {"ack L", ""}, {"ask R r", "R r=1"},
    {"ack R", ""},
};

std::vector<Step> Serving(std::vector<Step> more) {
  std::vector<Step> steps = kServing;
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

// Two of each, and a cluster for later.
std::vector<Step> TwoListeners(std::vector<Step> more) {
  std::vector<Step> steps = {
      {"ask C", ""},
      {"set 1 C:a=1 C:b=1 C:c=1 E:a=1 E:b=1 E:c=1 L:l=1,r L:m=1,s R:r=1,a R:s=1,b", "C a=1 b=1 c=1"},
      {"ack C", ""},
      {"ask E a b c", "E a=1 b=1 c=1"},
      {"ack E", ""},
      {"ask L", "L l=1,r; L m=1,s", "L l=1,r"},
      {"ack L", "", "L l=1,r m=1,s"},
      {"ack L", "", ""},
      {"ask R r s", "R r=1,a; R s=1,b", "R r=1,a"},
      {"ack R", "", "R s=1,b"},
      {"ack R", ""},
  };
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

const Script kScripts[] = {
    {"NothingIsAnsweredBeforeTheFirstConfiguration",
     {{"ask C", ""},
      {"ask L", ""},
      {"ask E a", ""},
      {"set 1 C:a=1 E:a=1 L:l=1", "C a=1; E a=1"},
      {"ack C", ""},
      {"ack E", "L l=1"}}},
    {"AnEmptyTypeIsAnsweredOnce",
     {{"ask C", ""}, {"ask L", ""}, {"set 1", "C; L"}, {"ack C", ""}, {"ack L", ""}, {"set 2 C:a=1", "C a=1"}}},
    {"OnlyWhatChangedIsSent", Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=1", "C b=1", "C a=1 b=1"},
                                       {"ack C", ""},
                                       {"ask E b", "E b=1"},
                                       {"ack E", ""},
                                       {"set 3 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=1", ""}})},
    {"RoutesWaitForNewEndpoints", Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=2", "C b=1", "C a=1 b=1"},
                                           {"ack C", ""},
                                           {"ask E b", "E b=1"},
                                           {"ack E", "R r=2"},
                                           {"ack R", ""}})},
    {"RoutesAloneGoAtOnce", Serving({{"set 2 C:a=1 E:a=1 L:l=1 R:r=2", "R r=2"}, {"ack R", ""}})},
    {"EndpointsNeverWait", Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=2", "C b=1", "C a=1 b=1"},
                                    {"set 3 C:a=1 C:b=1 E:a=2 E:b=1 L:l=1 R:r=2", "E a=2"}})},
    // Envoy warms a changed cluster up anew, and takes the endpoints that it has only after a time of its own.
    {"AChangedClusterGetsItsEndpointsAgain",
     Serving({{"set 2 C:a=2 E:a=1 L:l=1 R:r=1", "C a=2"}, {"ack C", "E a=1"}, {"ack E", ""}})},
    {"AStreamThatBreaksBeforeTheyComeDoesNotCostAChangedClusterItsEndpoints",
     Serving({{"set 2 C:a=2 E:a=1 L:l=1 R:r=1", "C a=2"},
              {"ack C", "E a=1"},
              {"connect", ""},
              {"ask C has a=2", ""},
              {"ask E a has a=1", "E a=1"},
              {"ack E", ""},
              {"connect", ""},
              {"ask C has a=2", ""},
              {"ask E a has a=1", ""}})},
    {"NorDoesOneThatBreaksBeforeTheClusterIsAnswered",
     Serving({{"set 2 C:a=2 E:a=1 L:l=1 R:r=1", "C a=2"},
              {"connect", ""},
              {"ask C has a=2", ""},
              {"ask E a has a=1", "E a=1"}}),
     false},
    {"ClustersWithoutEndpointsWaitForTheToken",
     Serving({{"set 2 C:a=1 C:dns=1 E:a=1 L:l=1 R:r=2", "C dns=1", "C a=1 dns=1"},
              {"ack C", ""},
              {"wait 4999", ""},
              {"warm", "R r=2"}})},
    {"ATokenIsNotWaitedForForever", Serving({{"set 2 C:a=1 C:dns=1 E:a=1 L:l=1 R:r=2", "C dns=1", "C a=1 dns=1"},
                                             {"ack C", ""},
                                             {"wait 4999", ""},
                                             {"wait 1", "R r=2"}})},
    {"ASilentClientIsNotWaitedForForever",
     Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=2", "C b=1", "C a=1 b=1"}, {"wait 5000", "R r=2"}})},
    {"WithdrawnAfterTheGracePeriod", Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=2", "C b=1", "C a=1 b=1"},
                                              {"ack C", ""},
                                              {"ask E b", "E b=1"},
                                              {"ack E", "R r=2"},
                                              {"ack R", ""},
                                              {"set 3 C:b=1 E:b=1 L:l=1 R:r=3", "R r=3"},
                                              {"wait 60000", ""},
                                              {"ack R", ""},
                                              {"wait 4999", ""},
                                              {"wait 1", "C -a", "C b=1"},
                                              {"drop E a", ""},
                                              {"ack C", ""},
                                              {"wait 60000", ""}})},
    {"EndpointsThatStaySubscribedAreWithdrawnAfterTheCluster",
     Serving({{"set 2 L:l=1 R:r=2", "R r=2"}, {"ack R", ""}, {"wait 5000", "C -a"}, {"ack C", "E -a"}, {"ack E", ""}}),
     false},
    {"AWithdrawalIsCancelled", Serving({{"set 2 L:l=1 R:r=2", "R r=2"},
                                        {"ack R", ""},
                                        {"wait 4000", ""},
                                        {"set 3 C:a=1 E:a=1 L:l=1 R:r=3", "R r=3"},
                                        {"ack R", ""},
                                        {"wait 60000", ""}})},
    {"AWithdrawalThatIsOnItsWayIsMadeGood", Serving({{"set 2 L:l=1 R:r=2", "R r=2"},
                                                     {"ack R", ""},
                                                     {"wait 5000", "C -a", "C"},
                                                     {"set 3 C:a=1 E:a=1 L:l=1 R:r=3", ""},
                                                     {"drop E a", ""},
                                                     {"ack C", "C a=1"},
                                                     {"ack C", ""},
                                                     {"ask E a", "E a=1"},
                                                     {"ack E", "R r=3"}})},
    {"AListenerIsRemovedWithTheSwitchAndFirst",
     Serving({{"set 2 C:a=1 E:a=1 L:m=1 R:r=1", "L -l; L m=1", "L"}, {"ack L", "", "L m=1"}, {"ack L", ""}})},
    {"ARefusedRouteConfigurationHoldsNoOtherBack",
     Serving({{"set 2 C:a=1 E:a=1 L:l=1 L:m=1 R:r=2 R:s=1", "L m=1; R r=2", "L l=1 m=1; R r=2"},
              {"nack R no such thing", ""},
              {"ask R s", "R s=1"},
              {"ack R", ""},
              {"ack L", ""},
              {"set 3 C:a=1 E:a=1 L:l=1 L:m=1 R:r=2 R:s=2", "R s=2"},
              {"ack R", ""},
              {"set 4 C:a=1 E:a=1 L:l=1 L:m=1 R:r=3 R:s=2", "R r=3"},
              {"ack R", ""}})},
    {"ARefusalHoldsBackOnlyWhatTheLastGoodVersionRefersTo",
     TwoListeners({{"set 2 C:c=1 E:c=1 L:l=1,r L:m=1,s R:r=2,c R:s=2,c", "R r=2,c; R s=2,c", "R r=2,c"},
                   {"nack R bad", "", "R s=2,c"},
                   {"ack R", ""},
                   {"wait 5000", "C -b", "C a=1 c=1"},
                   {"drop E b", ""},
                   {"ack C", ""},
                   {"wait 60000", ""},
                   {"set 3 C:c=1 E:c=1 L:l=1,r L:m=1,s R:r=3,c R:s=2,c", "R r=3,c"},
                   {"wait 60000", ""},
                   {"ack R", ""},
                   {"wait 4999", ""},
                   {"wait 1", "C -a", "C c=1"}})},
    // The listener's routes stay, and with them their cluster.
    {"ARefusedListenerKeepsItsRoutesAndTheirClusters",
     TwoListeners({{"set 2 C:b=1 E:b=1 L:l=2,t L:m=1,s R:s=1,b R:t=1,b", "L l=2,t", "L l=2,t m=1,s"},
                   {"nack L bad", ""},
                   {"wait 60000", "C -c", "C a=1 b=1"},
                   {"drop E c", ""},
                   {"ack C", ""},
                   {"wait 60000", ""}})},
    // The front still has l=2, whatever comes after it, and how often.
    {"WhatWasRefusedIsRememberedAsLongAsTheFrontHasIt",
     Serving({{"set 2 C:a=1 E:a=1 L:l=2 R:r=1", "L l=2"},
              {"nack L bad", ""},
              {"set 3 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=1", "C b=1", "C a=1 b=1"},
              {"set 4 C:a=1 C:b=1 E:a=1 E:b=1 L:l=3 R:r=1", ""},
              {"set 5 C:a=1 C:b=1 E:a=1 E:b=1 R:r=1", ""},
              {"set 6 C:a=1 C:b=1 E:a=1 E:b=1 L:l=3 R:r=1", ""},
              {"ack C", ""},
              {"ask E b", "E b=1"},
              {"ack E", "L l=3"},
              {"ack L", ""},
              {"set 7 C:a=1 C:b=1 E:a=1 E:b=1 L:l=2 R:r=1", "L l=2"}})},
    {"WhatWasKeptGoesWhenNobodyIsOnTheWayAnyMore",
     TwoListeners({{"set 2 C:b=1 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", "R r=2,b"},
                   {"nack R bad", ""},
                   {"wait 60000", "C -c", "C a=1 b=1"},
                   {"drop E c", ""},
                   {"ack C", ""},
                   {"set 3 C:b=1 E:b=1 L:m=1,s R:s=1,b", "L -l", "L m=1,s"},
                   {"drop R r", ""},
                   {"ack L", ""},
                   {"wait 5000", "C -a", "C b=1"}})},
    {"ARefusalIsTracedByHalving",
     {{"ask C", ""},
      {"set 1 C:a=1 C:b=1 C:c=1 C:d=1", "C a=1 b=1 c=1 d=1"},
      {"nack C c is bad", "C a=1 b=1; C c=1 d=1", "C a=1 b=1"},
      {"ack C", "", "C a=1 b=1 c=1 d=1"},
      {"nack C c is bad", "C c=1; C d=1", "C a=1 b=1 c=1"},
      {"nack C c is bad", "", "C a=1 b=1 d=1"},
      {"ack C", ""},
      {"set 2 C:a=1 C:b=1 C:c=2 C:d=1", "C c=2", "C a=1 b=1 c=2 d=1"},
      {"ack C", ""}}},
    // Envoy keeps what is good in a response that it refuses: it may have had a=2 after the first one.
    {"WhatMayHaveBeenTakenIsPutBack", Serving({{"set 2 C:a=2 C:b=1 E:a=1 L:l=1 R:r=1", "C a=2 b=1"},
                                               {"nack C bad", "C a=2; C b=1", "C a=2"},
                                               {"nack C bad", "C a=1; E a=1"}})},
    {"ARefusedClusterDoesNotHoldTheSwitch",
     Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=2", "C b=1", "C a=1 b=1"}, {"nack C bad", "R r=2"}})},
    {"ANewEnvoyGetsTheLastGoodVersion", Serving({{"set 2 C:a=1 E:a=1 L:l=2 R:r=1", "L l=2"},
                                                 {"nack L bad", ""},
                                                 {"connect", ""},
                                                 {"ask C", "C a=1"},
                                                 {"ack C", ""},
                                                 {"ask E a", "E a=1"},
                                                 {"ack E", ""},
                                                 {"ask L", "L l=1"},
                                                 {"ack L", ""}})},
    // Clusters, warm, before the routes that lead to them, as ever.
    {"ANewEnvoyGetsWhatTheLastGoodVersionRefersTo",
     TwoListeners({{"set 2 C:b=1 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", "R r=2,b"},
                   {"nack R bad", ""},
                   {"wait 60000", "C -c", "C a=1 b=1"},
                   {"ack C", "E -c", ""},
                   {"connect", ""},
                   {"ask C", "C a=1 b=1"},
                   {"ack C", ""},
                   {"ask E b", "E b=1"},
                   {"ack E", ""},
                   {"ask L", ""},
                   {"ask R r s", ""},
                   {"ask E a", "E a=1"},
                   {"ack E", "L l=1,r; L m=1,s; R r=1,a; R s=1,b", "L l=1,r; R r=1,a"}})},
    {"ANewEnvoyGetsTheLastEndpointsOfWhatIsKept",
     TwoListeners({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", "R r=2,b"},
                   {"nack R bad", ""},
                   {"set 3 C:a=1 C:b=1 E:a=2 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", "E a=2"},
                   {"ack E", ""},
                   {"set 4 C:b=1 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", ""},
                   {"connect", ""},
                   {"ask C", "C a=1 b=1"},
                   {"ask E a b", "E a=2 b=1"}})},
    {"ANewEnvoyDoesNotGetWhatNeverWasGood",
     {{"ask C", ""},
      {"ask L", ""},
      {"set 1 L:l=1 L:m=1", "C; L l=1; L m=1", "C; L l=1"},
      {"nack L bad", "", "L m=1"},
      {"connect", ""},
      {"ask C", "C"},
      {"ask L", "L m=1"}}},
    {"NothingIsSentAgainAfterAReconnect", Serving({{"connect", ""},
                                                   {"ask C has a=1", ""},
                                                   {"ask E a has a=1", ""},
                                                   {"ask L has l=1", ""},
                                                   {"ask R r has r=1", ""}})},
    {"ChangesOfTheMeantimeComeAfterAReconnect", Serving({{"connect", ""},
                                                         {"set 2 C:b=1 E:b=1 L:l=1 R:r=2", ""},
                                                         {"ask C has a=1", "C b=1", "C a=1 b=1"},
                                                         {"ask E a has a=1", ""},
                                                         {"ask L has l=1", ""},
                                                         {"ask R r has r=1", ""},
                                                         {"ack C", ""},
                                                         {"ask E b", "E b=1"},
                                                         {"ack E", "R r=2"},
                                                         {"ack R", ""},
                                                         {"wait 5000", "C -a", "C b=1"}})},
    // No acknowledgement tells whether a cluster that Envoy came with is warm; routes that lead to it wait for the
    // token.
    {"AClusterThatFindsItsEndpointsItselfIsAskedForAfterAReconnect",
     Serving({{"set 2 C:a=1 C:dns=1 E:a=1 L:l=1 R:r=2", "C dns=1", "C a=1 dns=1"},
              {"ack C", ""},
              {"connect", ""},
              {"ask C has a=1 dns=1", ""},
              {"ask E a has a=1", ""},
              {"ask L has l=1", ""},
              {"ask R r has r=1", ""},
              {"warm", "R r=2"}})},
    // Of an earlier control plane's routes only the version is known: they may lead to any cluster that Envoy came
    // with.
    {"AVersionThatNobodyKnowsMayReferToAnything",
     Serving({{"set 2 C:b=1 C:c=1 E:b=1 E:c=1 L:l=1 R:r=2,b", "C b=1 c=1"},
              {"connect", ""},
              {"ask C has a=1 z=7", "C b=1 c=1"},
              {"ack C", ""},
              {"ask E a b c z has a=1 z=7", "E b=1 c=1"},
              {"ask L has l=1", ""},
              {"ask R r has r=unknown", ""},
              {"ack E", "R r=2,b"},
              {"nack R bad", ""},
              {"set 3 C:b=1 C:d=1 E:b=1 L:l=1 R:r=2,b", "C d=1"},
              {"ack C", ""},
              {"set 4 C:b=1 E:b=1 L:l=1 R:r=2,b", ""},
              {"wait 60000", "C -d"},
              {"ack C", ""},
              // A new Envoy cannot get that version, nor a.
              {"connect", ""},
              {"ask C", "C b=1 c=1"},
              {"ack C", ""},
              {"ask E b c", "E b=1 c=1"},
              {"ack E", ""},
              {"ask L", "L l=1"},
              {"ask R r", ""}}),
     false},
    {"WhatEnvoyComesBackWithIsKnownToBeTheLastGoodVersion",
     TwoListeners({{"set 2 C:b=1 E:b=1 L:l=1,r L:m=1,s R:r=2,b R:s=1,b", "R r=2,b"},
                   {"nack R bad", ""},
                   {"connect", ""},
                   {"ask C has a=1 b=1 c=1", ""},
                   {"ask E a b c has a=1 b=1 c=1", ""},
                   {"ask L has l=1,r m=1,s", ""},
                   {"ask R r s has r=1,a s=1,b", ""},
                   {"wait 5000", "C -c"}}),
     false},
    {"AListenerThatIsGoneIsRemovedAfterAReconnect",
     Serving({{"connect", ""}, {"ask C has a=1", ""}, {"ask E a has a=1", ""}, {"ask L has l=1 old=7", "L -old"}}),
     false},
    {"UnknownNamesAreDenied", Serving({{"ask E a b", "E -b; E a=1"}}), false},
    {"NamesOfUnknownEndpointsAreDenied",
     Serving(
         {{"ask E b", "E -b"}, {"ack E", ""}, {"set 2 C:a=1 E:a=1 E:b=1 L:l=1 R:r=1", "E b=1"}, {"ask S t", "S -t"}}),
     false},
    {"RoutesThatComeLaterAreNotDenied",
     Serving({{"set 2 C:a=1 C:b=1 E:a=1 E:b=1 L:l=1 R:r=1 R:s=1", "C b=1", "C a=1 b=1"},
              {"ask R s", ""},
              {"ack C", ""},
              {"ask E b", "E b=1"},
              {"ack E", "R s=1"}})},
    {"AskingAgainGetsItAgain", Serving({{"ask E a", "E a=1"}}), false},
    {"WhatIsDroppedIsForgotten",
     Serving({{"drop E a", ""}, {"set 2 C:a=1 E:a=2 L:l=1 R:r=1", ""}, {"ask E a", "E a=2"}})},
    {"SecretsAreSentByName", Serving({{"set 2 S:t=1 S:u=1 C:a=1 E:a=1 L:l=2 R:r=1", "L l=2"},
                                      {"ask S t", "S t=1"},
                                      {"ack S", ""},
                                      {"set 3 S:t=2 S:u=2 C:a=1 E:a=1 L:l=2 R:r=1", "S t=2"}})},
    {"ASecondVersionWaitsForTheAnswerToTheFirst", Serving({{"set 2 C:a=1 E:a=2 L:l=1 R:r=1", "E a=2"},
                                                           {"set 3 C:a=1 E:a=3 L:l=1 R:r=1", ""},
                                                           {"set 4 C:a=1 E:a=4 L:l=1 R:r=1", ""},
                                                           {"ack E", "E a=4"}})},
};

class ScriptTest : public ::testing::TestWithParam<std::tuple<bool, const Script*>> {};

TEST_P(ScriptTest, FollowsTheScript) {
  const auto& [delta, script] = GetParam();
  if (!delta && !script->sotw) return;  // the protocol cannot express it
  Conversation conversation(delta);
  int line = 0;
  for (const Step& step : script->steps) {
    const std::string& want = delta || step.sotw == "=" ? step.want : step.sotw;
    ASSERT_EQ(conversation.Say(step.say), want) << "line " << line << ": " << step.say;
    ++line;
  }
}

std::vector<const Script*> AllScripts() {
  std::vector<const Script*> all;
  for (const Script& script : kScripts) all.push_back(&script);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, ScriptTest, ::testing::Combine(::testing::Bool(), ::testing::ValuesIn(AllScripts())),
                         [](const auto& test) {
                           return std::string(std::get<1>(test.param)->name) +
                                  (std::get<0>(test.param) ? "Delta" : "Sotw");
                         });

// Continuous changes, a new one before every answer: the routes of none of them may be put off for ever.
TEST(ScriptsTest, ChangesWithoutEndAreServed) {
  for (const bool delta : {true, false}) {
    Conversation conversation(delta);
    for (const Step& step : kServing) conversation.Say(step.say);
    std::string clusters = "C:a=1 E:a=1";
    size_t routes = 0;
    uint64_t acknowledged = conversation.peer().client().acknowledged();
    for (int round = 2; round < 200; ++round) {
      const std::string name = "n" + std::to_string(round);
      clusters += " C:" + name + "=1 E:" + name + "=1";
      std::string heard =
          conversation.Say("set " + std::to_string(round) + " " + clusters + " L:l=1 R:r=" + std::to_string(round));
      if (round > 2) heard += conversation.Say("ask E n" + std::to_string(round - 1));
      for (const char* type : {"C", "E", "R"}) heard += conversation.Say(std::string("ack ") + type);
      if (heard.find("R r=") != std::string::npos) ++routes;
    }
    EXPECT_GT(routes, 60u) << delta;
    EXPECT_GT(conversation.peer().client().acknowledged(), acknowledged + 150) << delta;
  }
}

}  // namespace
}  // namespace nuncio::xds
