#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/validate.h"

namespace nuncio::envoy {
namespace {

// Envoy's default for RouteConfiguration.max_direct_response_body_size_bytes.
constexpr size_t kDirectResponseBytes = 4096;

std::optional<Violation> CheckRegex(const std::string& field, const std::string& pattern, uint32_t limit) {
  const re2::RE2 regex(pattern, re2::RE2::Quiet);
  if (!regex.ok()) return Violation{field, absl::StrCat("must be an RE2 expression: ", regex.error())};
  const uint32_t size = static_cast<uint32_t>(regex.ProgramSize());
  const uint32_t most = std::min(limit, edge::kRegexProgramSize);
  if (size <= most) return std::nullopt;
  return Violation{field, absl::StrCat("is too complex: its program has ", size, " instructions, ", most,
                                       " are allowed; simplify it or raise the limit")};
}

std::optional<Violation> CheckRewrite(const std::string& field, const ir::RegexRewrite& rewrite, uint32_t limit) {
  if (auto violation = CheckRegex(field, rewrite.pattern, limit)) return violation;
  const re2::RE2 regex(rewrite.pattern, re2::RE2::Quiet);
  std::string error;
  if (regex.CheckRewriteString(rewrite.substitution, &error)) return std::nullopt;
  return Violation{absl::StrCat(field, ".substitution"), absl::StrCat("does not fit the pattern: ", error)};
}

std::optional<Violation> CheckString(const std::string& field, const ir::StringMatch& match, uint32_t limit) {
  return match.kind == ir::StringMatch::Kind::kRegex ? CheckRegex(field, match.value, limit) : std::nullopt;
}

std::optional<Violation> CheckMatch(const ir::Route& route) {
  const uint32_t limit = route.regex_max_program_size;
  if (route.match.path.kind == ir::PathMatch::Kind::kRegex) {
    if (auto violation = CheckRegex("match.safe_regex", route.match.path.value, limit)) return violation;
  }
  for (const ir::HeaderMatch& header : route.match.headers) {
    if (auto violation = CheckString("match.headers." + header.name, header.match, limit)) return violation;
  }
  for (const ir::QueryMatch& query : route.match.query) {
    if (auto violation = CheckString("match.query_parameters." + query.name, query.match, limit)) return violation;
  }
  return std::nullopt;
}

std::optional<Violation> CheckCluster(const std::string& field, const ir::UpstreamId& id, const References& known) {
  if (known.clusters.contains(ClusterName(id))) return std::nullopt;
  return Violation{field, absl::StrCat("names ", id.name, ", which is not usable; see its own finding")};
}

std::optional<Violation> CheckAction(const ir::Forward& forward, uint32_t limit) {
  std::set<std::string> upgrades;
  for (const std::string& upgrade : *forward.upgrades) {
    if (!upgrades.insert(absl::AsciiStrToLower(upgrade)).second) {
      return Violation{"route.upgrade_configs", absl::StrCat("must not name ", upgrade, " twice")};
    }
  }
  const auto* rewrite = std::get_if<ir::RegexRewrite>(&forward.path_rewrite);
  return rewrite == nullptr ? std::nullopt : CheckRewrite("route.regex_rewrite", *rewrite, limit);
}

std::optional<Violation> CheckAction(const ir::Redirect& redirect, uint32_t) {
  // "emissary reference" 3.8: the limit of a route's own expressions does not hold for redirects.
  const auto* rewrite = std::get_if<ir::RegexRewrite>(&redirect.path);
  return rewrite == nullptr ? std::nullopt : CheckRewrite("redirect.regex_rewrite", *rewrite, edge::kRegexProgramSize);
}

std::optional<Violation> CheckAction(const ir::DirectResponse& response, uint32_t) {
  if (response.body.size() <= kDirectResponseBytes) return std::nullopt;
  return Violation{"direct_response.body", absl::StrCat("must have at most ", kDirectResponseBytes, " bytes")};
}

}  // namespace

std::optional<Violation> FindViolation(const ir::Route& route, const pb::Route& proto) {
  if (auto violation = CheckMatch(route)) return violation;
  auto violation =
      std::visit([&](const auto& action) { return CheckAction(action, route.regex_max_program_size); }, route.action);
  if (violation) return violation;
  if ((violation = FindViolation(route.request_headers, "request_headers_to_add"))) return violation;
  if ((violation = FindViolation(route.response_headers, "response_headers_to_add"))) return violation;
  return FirstViolation(proto);
}

std::optional<Violation> FindDangling(const ir::Route& route, const References& known) {
  const auto* forward = std::get_if<ir::Forward>(&route.action);
  if (forward == nullptr) return std::nullopt;
  if (auto violation = CheckCluster("route.cluster", forward->upstream, known)) return violation;
  for (const ir::Mirror& mirror : forward->mirrors) {
    if (auto violation = CheckCluster("route.request_mirror_policies", mirror.upstream, known)) return violation;
  }
  return std::nullopt;
}

}  // namespace nuncio::envoy
