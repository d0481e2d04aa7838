#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/ir/match.h"
#include "nuncio/resource/mapping.h"

namespace nuncio::translate::emissary {

// A header or query parameter that a request must have.
//
// A view of the Mapping, as is all else here that does not own its text: lives no longer.
struct NamedMatch {
  std::string_view name;
  std::string_view value;
  bool regex = false;
  auto operator<=>(const NamedMatch&) const = default;
};

// The host that a Mapping names, whichever field it stands in.
struct MappingHost {
  enum class Kind { kNone, kGlob, kRegex };
  Kind kind = Kind::kNone;
  std::string_view value;
  std::string_view field;  // where it stands: "hostname", "host", "headers[':authority']"
};

// `hostname`, else `host`, else an exact `:authority` among the headers.
MappingHost HostOf(const resource::Mapping& mapping);

// What a request must have beside its path, in the order that counts for grouping and sorting (emissary reference 3.4):
// headers by name, regex headers by name, ":authority", ":method"; and the same for query parameters.
struct RequestMatches {
  std::vector<NamedMatch> headers;
  std::vector<NamedMatch> query;
};
RequestMatches RequestMatchesOf(const resource::Mapping& mapping, const MappingHost& host);

ir::PathMatch PathMatchOf(const resource::Mapping& mapping);
// A host glob "*" matches everything and gives nothing; "*x" is a suffix, "x*" a prefix.
std::vector<ir::HeaderMatch> HeaderMatchesOf(const RequestMatches& matches);
std::vector<ir::QueryMatch> QueryMatchesOf(const RequestMatches& matches);

// The sort key of routes: of two routes the one with the greater key comes first. It compares, as bytes, the
// precedence; the number of characters in the prefix, in the headers and in the query parameters; then the texts of the
// prefix, of the method or "GET", and "name-value" of each header and query parameter.
std::string RouteWeightOf(const resource::Mapping& mapping, const RequestMatches& matches);

}  // namespace nuncio::translate::emissary
