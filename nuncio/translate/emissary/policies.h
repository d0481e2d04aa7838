#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/ir/upstream.h"
#include "nuncio/resource/emissary_common.h"

namespace nuncio::translate::emissary {

// The policies that a Mapping and the Module both may set: what makes them invalid, and what they mean.
// A problem is {field path below the policy, what is wrong and what to do}.
struct PolicyProblem {
  std::string field;
  std::string message;
};

std::optional<PolicyProblem> ProblemOf(const resource::LoadBalancer& policy);
std::optional<PolicyProblem> ProblemOf(const resource::RetryPolicy& policy);
std::optional<PolicyProblem> ProblemOf(const std::vector<resource::CircuitBreaker>& breakers);

// REQUIRES: ProblemOf(policy) is nullopt.
ir::LoadBalancing LoadBalancingOf(const resource::LoadBalancer& policy);
std::optional<ir::HashPolicy> HashPolicyOf(const resource::LoadBalancer& policy);
ir::RetryPolicy RetryPolicyOf(const resource::RetryPolicy& policy);
std::vector<ir::CircuitBreaker> CircuitBreakersOf(const std::vector<resource::CircuitBreaker>& breakers);
ir::Cors CorsOf(const resource::Cors& cors, const std::string& runtime_key);
ir::TcpKeepalive KeepaliveOf(const resource::KeepAlive& keepalive);

// The parts that these add to a cluster's name (emissary reference 3.6).
std::string NamePartOf(const resource::LoadBalancer& policy);
std::vector<std::string> NamePartsOf(const std::vector<resource::CircuitBreaker>& breakers);

}  // namespace nuncio::translate::emissary
