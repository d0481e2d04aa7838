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

std::string Message(const xds::Refusal& refusal) {
  const std::string consequence = refusal.has_last_good
                                      ? "what it accepted before goes on serving until the cause is gone"
                                      : "nothing serves in its place until the cause is gone";
  const std::string whose = refusal.origins.size() > 1
                                ? absl::StrCat(" This object is one of ", refusal.origins.size(), " that went into it.")
                                : "";
  return absl::StrCat("Envoy refuses the ", Noun(refusal.type), " \"", refusal.name, "\" (",
                      absl::StripAsciiWhitespace(refusal.error), "); ", consequence, ".", whose);
}

}  // namespace

ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals) {
  ir::Findings findings;
  for (const xds::Refusal& refusal : refusals) {
    const std::string message = Message(refusal);
    for (const ir::Origin& origin : refusal.origins) {
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
