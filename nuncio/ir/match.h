#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "nuncio/base/boxed.h"

namespace nuncio::ir {

// How one string (a header, a query parameter) is compared. kPresent ignores `value`.
struct StringMatch {
  enum class Kind { kExact, kPrefix, kSuffix, kRegex, kPresent };
  Kind kind = Kind::kExact;
  std::string value;
  bool ignore_case = false;

  auto operator<=>(const StringMatch&) const = default;
};

struct PathMatch {
  enum class Kind {
    kPrefix,       // "/a" matches "/ab"
    kPathElement,  // "/a" matches "/a" and "/a/b", not "/ab"
    kExact,
    kRegex,  // RE2, matched against the whole path without its query
  };
  Kind kind = Kind::kPrefix;
  std::string value;
  bool case_sensitive = true;

  auto operator<=>(const PathMatch&) const = default;
};

// Pseudo-headers (":authority", ":method") are named as Envoy names them.
struct HeaderMatch {
  std::string name;
  StringMatch match;
  bool invert = false;

  auto operator<=>(const HeaderMatch&) const = default;
};

struct QueryMatch {
  std::string name;
  StringMatch match;

  auto operator<=>(const QueryMatch&) const = default;
};

// Lets a share of the matching requests through; the others fall to the next route.
struct Share {
  uint32_t percent = 100;   // 0..100
  std::string runtime_key;  // overrides `percent` at run time in Envoy; empty: none
  auto operator<=>(const Share&) const = default;
};

// Everything must hold for a request to match.
struct RouteMatch {
  PathMatch path;
  std::vector<HeaderMatch> headers;
  std::vector<QueryMatch> query;
  Boxed<Share> share;

  auto operator<=>(const RouteMatch&) const = default;
};

}  // namespace nuncio::ir
