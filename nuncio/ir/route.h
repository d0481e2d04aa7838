#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nuncio/base/boxed.h"
#include "nuncio/base/shared.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/match.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::ir {

// `value` is a format string (format.h).
struct AddedHeader {
  std::string name;
  std::string value;
  bool append = true;  // false: replaces what is there
  auto operator<=>(const AddedHeader&) const = default;
};

struct HeaderEdits {
  std::vector<AddedHeader> add;
  std::vector<std::string> remove;
  auto operator<=>(const HeaderEdits&) const = default;
};

struct PrefixRewrite {
  std::string replacement;
  auto operator<=>(const PrefixRewrite&) const = default;
};
struct PathRewrite {  // the whole path
  std::string replacement;
  auto operator<=>(const PathRewrite&) const = default;
};
struct RegexRewrite {
  std::string pattern;       // RE2
  std::string substitution;  // \1 refers to the first capture
  auto operator<=>(const RegexRewrite&) const = default;
};

struct HostRewriteLiteral {
  std::string host;
  auto operator<=>(const HostRewriteLiteral&) const = default;
};
struct HostRewriteAuto {  // the name that the upstream was resolved from
  auto operator<=>(const HostRewriteAuto&) const = default;
};

struct RetryPolicy {
  std::string retry_on;
  std::optional<uint32_t> num_retries;
  std::optional<std::chrono::milliseconds> per_try_timeout;
  auto operator<=>(const RetryPolicy&) const = default;
};

struct Cors {
  std::vector<std::string> origins;  // exact; "*" is any
  std::string methods;
  std::string headers;
  std::string exposed_headers;
  std::optional<bool> credentials;
  std::string max_age;
  std::string runtime_key;
  auto operator<=>(const Cors&) const = default;
};

struct HashOnCookie {
  std::string name;
  std::string path;
  std::optional<std::chrono::milliseconds> ttl;
  auto operator<=>(const HashOnCookie&) const = default;
};
struct HashOnHeader {
  std::string name;
  auto operator<=>(const HashOnHeader&) const = default;
};
struct HashOnSourceIp {
  auto operator<=>(const HashOnSourceIp&) const = default;
};
using HashPolicy = std::variant<HashOnCookie, HashOnHeader, HashOnSourceIp>;

struct Mirror {
  UpstreamId upstream;
  uint32_t percent = 100;
  std::string runtime_key;
  auto operator<=>(const Mirror&) const = default;
};

enum class RoutePriority { kDefault, kHigh };

struct Forward {
  Shared<UpstreamId> upstream;
  std::variant<std::monostate, PrefixRewrite, PathRewrite, RegexRewrite> path_rewrite;
  Rare<std::variant<std::monostate, HostRewriteLiteral, HostRewriteAuto>> host_rewrite;
  std::chrono::milliseconds timeout{0};  // 0: none
  std::optional<std::chrono::milliseconds> idle_timeout;
  RoutePriority priority = RoutePriority::kDefault;
  Boxed<RetryPolicy> retry;
  Boxed<Cors> cors;
  Boxed<HashPolicy> hash;
  std::vector<Mirror> mirrors;
  Rare<std::vector<std::string>> upgrades;  // "websocket", "CONNECT", ...
  auto operator<=>(const Forward&) const = default;
};

struct Redirect {
  bool to_https = false;
  std::string host;  // empty: as requested
  std::variant<std::monostate, PrefixRewrite, PathRewrite, RegexRewrite> path;
  uint32_t status = 301;  // 301, 302, 303, 307, 308
  auto operator<=>(const Redirect&) const = default;
};

struct DirectResponse {
  uint32_t status = 404;
  std::string body;
  auto operator<=>(const DirectResponse&) const = default;
};

// What is done with the requests that match. Immutable once in a model and shared by every virtual host that has it.
// There may be tens of thousands: what few of them have is Rare or Boxed.
struct Route {
  RouteMatch match;
  std::variant<Forward, Redirect, DirectResponse> action;
  Rare<HeaderEdits> request_headers;
  Rare<HeaderEdits> response_headers;
  uint32_t regex_max_program_size = 200;  // RE2 limit for the match's regexes
  std::vector<Shared<Origin>> origins;

  auto operator<=>(const Route&) const = default;
};

using RoutePtr = std::shared_ptr<const Route>;

}  // namespace nuncio::ir
