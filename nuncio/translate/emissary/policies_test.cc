#include "nuncio/translate/emissary/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nuncio::translate::emissary {
namespace {

using resource::CircuitBreaker;
using resource::LoadBalancer;
using resource::LoadBalancerCookie;
using resource::RetryPolicy;

TEST(Policies, FindTheProblemOfALoadBalancer) {
  struct Case {
    LoadBalancer policy;
    const char* field;  // null: no problem
  };
  const Case cases[] = {
      {{"round_robin", {}, {}, {}}, nullptr},
      {{"least_request", {}, {}, {}}, nullptr},
      {{"", {}, {}, {}}, ".policy"},
      {{"random", {}, {}, {}}, ".policy"},
      {{"round_robin", {}, "x-user", {}}, ""},
      {{"ring_hash", {}, {}, {}}, ""},
      {{"ring_hash", {}, "x-user", {}}, nullptr},
      {{"maglev", {}, {}, true}, nullptr},
      {{"maglev", {}, "x-user", true}, ""},
      {{"ring_hash", LoadBalancerCookie{"c", "/", "60s"}, {}, {}}, nullptr},
      {{"ring_hash", LoadBalancerCookie{"", "/", ""}, {}, {}}, ".cookie.name"},
      {{"ring_hash", LoadBalancerCookie{"c", "", "soon"}, {}, {}}, ".cookie.ttl"},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const auto problem = ProblemOf(cases[i].policy);
    ASSERT_EQ(problem.has_value(), cases[i].field != nullptr) << i;
    if (problem) {
      EXPECT_EQ(problem->field, cases[i].field) << i;
    }
  }
}

TEST(Policies, FindTheProblemOfARetryPolicy) {
  struct Case {
    RetryPolicy policy;
    const char* field;
  };
  const Case cases[] = {
      {{"5xx", 3, "2s"}, nullptr},       {{"retriable-status-codes", {}, ""}, nullptr},
      {{"reset", {}, ""}, ".retry_on"},  {{"5xx,gateway-error", {}, ""}, ".retry_on"},
      {{"5xx", -1, ""}, ".num_retries"}, {{"5xx", 1, "2"}, ".per_try_timeout"},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const auto problem = ProblemOf(cases[i].policy);
    ASSERT_EQ(problem.has_value(), cases[i].field != nullptr) << i;
    if (problem) {
      EXPECT_EQ(problem->field, cases[i].field) << i;
    }
  }
}

TEST(Policies, FindTheProblemOfCircuitBreakers) {
  const auto field = [](std::vector<CircuitBreaker> breakers) {
    const auto problem = ProblemOf(breakers);
    return problem ? problem->field : "none";
  };
  EXPECT_EQ(field({{"default", 1, 2, 3, 4}, {"high", 1, {}, {}, {}}}), "none");
  EXPECT_EQ(field({{"medium", 1, {}, {}, {}}}), "[0].priority");
  EXPECT_EQ(field({{"", 1, {}, {}, {}}, {"default", 2, {}, {}, {}}}), "[1].priority");
  EXPECT_EQ(field({{"high", {}, {}, -1, {}}}), "[0]");
}

TEST(Policies, NameTheirPartOfACluster) {
  EXPECT_EQ(NamePartOf({"ring_hash", {}, "x-user", {}}), "er-ring_hash-hdr-x-user");
  EXPECT_EQ(NamePartOf({"maglev", LoadBalancerCookie{"c", "", ""}, {}, {}}), "er-maglev-cookie-c");
  EXPECT_EQ(NamePartOf({"ring_hash", {}, {}, true}), "er-ring_hash-srcip");
  EXPECT_THAT(NamePartsOf({{"high", 1, 2, 3, 4}, {"", 5, {}, {}, {}}}), testing::ElementsAre("cbhc1p2r3t4", "cbnc5"));
}

}  // namespace
}  // namespace nuncio::translate::emissary
