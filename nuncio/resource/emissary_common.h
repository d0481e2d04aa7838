#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nuncio::resource {

// Parts that several kinds of getambassador.io/v3alpha1 share.

using StringMap = std::map<std::string, std::string>;

struct LabelSelector {
  StringMap match_labels;
  bool has_match_expressions = false;  // present in the object; no kind of Emissary evaluates them
  bool operator==(const LabelSelector&) const = default;
};

struct AddedHeader {
  std::string value;
  std::optional<bool> append;
  bool operator==(const AddedHeader&) const = default;
};
using AddedHeaders = std::map<std::string, AddedHeader>;

struct CircuitBreaker {
  std::string priority;
  std::optional<int64_t> max_connections;
  std::optional<int64_t> max_pending_requests;
  std::optional<int64_t> max_requests;
  std::optional<int64_t> max_retries;
  bool operator==(const CircuitBreaker&) const = default;
};

struct Cors {
  std::vector<std::string> origins;
  std::vector<std::string> methods;
  std::vector<std::string> headers;
  std::vector<std::string> exposed_headers;
  std::optional<bool> credentials;
  std::string max_age;
  bool operator==(const Cors&) const = default;
};

struct RetryPolicy {
  std::string retry_on;
  std::optional<int64_t> num_retries;
  std::string per_try_timeout;  // a Go duration
  bool operator==(const RetryPolicy&) const = default;
};

struct LoadBalancerCookie {
  std::string name;
  std::string path;
  std::string ttl;  // a Go duration
  bool operator==(const LoadBalancerCookie&) const = default;
};
struct LoadBalancer {
  std::string policy;
  std::optional<LoadBalancerCookie> cookie;
  std::optional<std::string> header;
  std::optional<bool> source_ip;
  bool operator==(const LoadBalancer&) const = default;
};

struct KeepAlive {
  std::optional<int64_t> probes;
  std::optional<int64_t> idle_time;  // s; the Module spells it `time` too
  std::optional<int64_t> interval;   // s
  bool operator==(const KeepAlive&) const = default;
};

struct RegexRewrite {
  std::string pattern;
  std::string substitution;
  bool operator==(const RegexRewrite&) const = default;
};

// `ambassador_id`; empty means ["default"].
using AmbassadorId = std::vector<std::string>;

}  // namespace nuncio::resource
