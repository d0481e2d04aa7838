#include "nuncio/translate/emissary/policies.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nuncio/base/duration.h"

namespace nuncio::translate::emissary {
namespace {

bool IsHashPolicy(const std::string& policy) { return policy == "ring_hash" || policy == "maglev"; }

std::optional<uint32_t> Limit(const std::optional<int64_t>& value) {
  return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

std::optional<std::chrono::milliseconds> OptionalDuration(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto parsed = ParseGoDuration(text);
  return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

bool IsBadDuration(const std::string& text) { return !text.empty() && !ParseGoDuration(text).ok(); }

}  // namespace

std::optional<PolicyProblem> ProblemOf(const resource::LoadBalancer& policy) {
  static const std::set<std::string> kPolicies = {"round_robin", "least_request", "ring_hash", "maglev"};
  if (!kPolicies.contains(policy.policy)) {
    return PolicyProblem{".policy", "must be one of round_robin, least_request, ring_hash, maglev"};
  }
  const int keys = policy.cookie.has_value() + policy.header.has_value() + policy.source_ip.has_value();
  if (!IsHashPolicy(policy.policy)) {
    if (keys == 0) return std::nullopt;
    return PolicyProblem{
        "", absl::StrCat("cookie, header and source_ip go with ring_hash and maglev only, not with ", policy.policy)};
  }
  if (keys != 1) {
    return PolicyProblem{"", absl::StrCat(policy.policy, " needs exactly one of cookie, header and source_ip")};
  }
  if (policy.cookie && policy.cookie->name.empty()) return PolicyProblem{".cookie.name", "is required"};
  if (policy.cookie && IsBadDuration(policy.cookie->ttl)) {
    return PolicyProblem{".cookie.ttl", "must be a duration such as 60s"};
  }
  return std::nullopt;
}

std::optional<PolicyProblem> ProblemOf(const resource::RetryPolicy& policy) {
  static const std::set<std::string> kConditions = {"5xx",           "gateway-error",  "connect-failure",
                                                    "retriable-4xx", "refused-stream", "retriable-status-codes"};
  if (!kConditions.contains(policy.retry_on)) {
    return PolicyProblem{".retry_on", absl::StrCat("must be one of ", absl::StrJoin(kConditions, ", "))};
  }
  if (policy.num_retries && (*policy.num_retries < 0 || *policy.num_retries > UINT32_MAX)) {
    return PolicyProblem{".num_retries", "must not be negative"};
  }
  if (IsBadDuration(policy.per_try_timeout)) {
    return PolicyProblem{".per_try_timeout", "must be a duration such as 2s or 500ms"};
  }
  return std::nullopt;
}

std::optional<PolicyProblem> ProblemOf(const std::vector<resource::CircuitBreaker>& breakers) {
  std::set<std::string> priorities;
  for (size_t i = 0; i < breakers.size(); ++i) {
    const resource::CircuitBreaker& breaker = breakers[i];
    const std::string priority = absl::AsciiStrToLower(breaker.priority);
    if (!priority.empty() && priority != "default" && priority != "high") {
      return PolicyProblem{absl::StrCat("[", i, "].priority"), "must be default or high"};
    }
    // Envoy takes one set of thresholds for each priority.
    if (!priorities.insert(priority == "high" ? priority : "default").second) {
      return PolicyProblem{absl::StrCat("[", i, "].priority"), "is the same as that of an entry before it"};
    }
    for (const auto& limit :
         {breaker.max_connections, breaker.max_pending_requests, breaker.max_requests, breaker.max_retries}) {
      if (limit && (*limit < 0 || *limit > UINT32_MAX)) {
        return PolicyProblem{absl::StrCat("[", i, "]"), "holds a limit that is negative or above 4294967295"};
      }
    }
  }
  return std::nullopt;
}

ir::LoadBalancing LoadBalancingOf(const resource::LoadBalancer& policy) {
  if (policy.policy == "least_request") return ir::LoadBalancing::kLeastRequest;
  if (policy.policy == "ring_hash") return ir::LoadBalancing::kRingHash;
  if (policy.policy == "maglev") return ir::LoadBalancing::kMaglev;
  return ir::LoadBalancing::kRoundRobin;
}

std::optional<ir::HashPolicy> HashPolicyOf(const resource::LoadBalancer& policy) {
  if (!IsHashPolicy(policy.policy)) return std::nullopt;
  if (policy.cookie) {
    return ir::HashOnCookie{policy.cookie->name, policy.cookie->path, OptionalDuration(policy.cookie->ttl)};
  }
  if (policy.header) return ir::HashOnHeader{*policy.header};
  return ir::HashOnSourceIp{};
}

ir::RetryPolicy RetryPolicyOf(const resource::RetryPolicy& policy) {
  return {policy.retry_on, Limit(policy.num_retries), OptionalDuration(policy.per_try_timeout)};
}

std::vector<ir::CircuitBreaker> CircuitBreakersOf(const std::vector<resource::CircuitBreaker>& breakers) {
  std::vector<ir::CircuitBreaker> out;
  for (const resource::CircuitBreaker& breaker : breakers) {
    const bool high = absl::AsciiStrToLower(breaker.priority) == "high";
    out.push_back({high ? ir::CircuitBreaker::Priority::kHigh : ir::CircuitBreaker::Priority::kDefault,
                   Limit(breaker.max_connections), Limit(breaker.max_pending_requests), Limit(breaker.max_requests),
                   Limit(breaker.max_retries)});
  }
  return out;
}

ir::Cors CorsOf(const resource::Cors& cors, const std::string& runtime_key) {
  return {cors.origins,
          absl::StrJoin(cors.methods, ", "),
          absl::StrJoin(cors.headers, ", "),
          absl::StrJoin(cors.exposed_headers, ", "),
          cors.credentials,
          cors.max_age,
          runtime_key};
}

ir::TcpKeepalive KeepaliveOf(const resource::KeepAlive& keepalive) {
  return {Limit(keepalive.probes), Limit(keepalive.idle_time), Limit(keepalive.interval)};
}

std::string NamePartOf(const resource::LoadBalancer& policy) {
  std::string part = absl::StrCat("er-", policy.policy);
  if (policy.header) absl::StrAppend(&part, "-hdr-", *policy.header);
  if (policy.cookie) absl::StrAppend(&part, "-cookie-", policy.cookie->name);
  if (policy.source_ip) absl::StrAppend(&part, "-srcip");
  return part;
}

std::vector<std::string> NamePartsOf(const std::vector<resource::CircuitBreaker>& breakers) {
  std::vector<std::string> parts;
  for (const resource::CircuitBreaker& breaker : breakers) {
    std::string part = absl::StrCat("cb", breaker.priority.empty() ? "n" : breaker.priority.substr(0, 1));
    const auto add = [&](const char* letter, const std::optional<int64_t>& limit) {
      if (limit) absl::StrAppend(&part, letter, *limit);
    };
    add("c", breaker.max_connections);
    add("p", breaker.max_pending_requests);
    add("r", breaker.max_requests);
    add("t", breaker.max_retries);
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace nuncio::translate::emissary
