#include "nuncio/diag/refusals.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::diag {
namespace {

const char* Noun(envoy::ResourceType type) {
  switch (type) {
    case envoy::ResourceType::kSecret:
      return "certificate";
    case envoy::ResourceType::kCluster:
      return "cluster";
    case envoy::ResourceType::kEndpoints:
      return "endpoints";
    case envoy::ResourceType::kListener:
      return "listener";
    case envoy::ResourceType::kRoutes:
      return "routes";
  }
  return "resource";
}

std::string WhoseOf(size_t suspects, size_t all) {
  if (all <= 1) return "";
  if (suspects == all) return absl::StrCat(" This object is one of ", all, " that went into it.");
  return absl::StrCat(" Of the ", all, " objects that went into it, ",
                      suspects == 1 ? "this one alone is" : absl::StrCat("this one and ", suspects - 1, " more are"),
                      " new or changed since then.");
}

std::string Message(const xds::Refusal& refusal, size_t suspects) {
  const std::string consequence = refusal.has_last_good
                                      ? "what it accepted before goes on serving until the cause is gone"
                                      : "nothing serves in its place until the cause is gone";
  return absl::StrCat("Envoy refuses the ", Noun(refusal.type), " \"", refusal.name, "\" (",
                      absl::StripAsciiWhitespace(refusal.error), "); ", consequence, ".",
                      WhoseOf(suspects, refusal.origins.size()));
}

}  // namespace

ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals) {
  return FindingsOf(refusals, [](const xds::Refusal& refusal) { return refusal.origins; });
}

ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals, const Suspects& suspects) {
  ir::Findings findings;
  for (const xds::Refusal& refusal : refusals) {
    const std::vector<ir::Origin> origins = suspects(refusal);
    const std::string message = Message(refusal, origins.size());
    for (const ir::Origin& origin : origins) {
      findings.push_back({ir::Severity::kError, std::string(code::kEnvoyRefused), origin, "", message});
    }
    if (refusal.origins.empty()) {
      findings.push_back({ir::Severity::kError, std::string(code::kEnvoyRefused), {}, "", message});
    }
  }
  std::sort(findings.begin(), findings.end());
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  return findings;
}

}  // namespace nuncio::diag
