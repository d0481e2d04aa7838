#include "nuncio/envoy/refusals.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::envoy {

void Refusals::Add(const std::string& what, const std::vector<ir::Origin>& origins, const Violation& violation) {
  ir::Finding finding;
  finding.severity = ir::Severity::kError;
  finding.code = code::kEnvoyInvalid;
  finding.message =
      absl::StrCat(what, " is left out, Envoy would refuse it: ", violation.field, " ", violation.problem);
  for (const ir::Origin& origin : origins) {
    finding.object = origin;
    findings_.push_back(finding);
  }
  if (origins.empty()) findings_.push_back(std::move(finding));
}

ir::Findings Refusals::Take() {
  std::sort(findings_.begin(), findings_.end());
  findings_.erase(std::unique(findings_.begin(), findings_.end()), findings_.end());
  return std::exchange(findings_, {});
}

}  // namespace nuncio::envoy
