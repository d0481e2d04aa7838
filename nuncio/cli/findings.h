#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nuncio/base/json.h"
#include "nuncio/ir/finding.h"

namespace nuncio::cli {

// A finding and where it is, as one reaches it from the working directory.
struct LocatedFinding {
  ir::Finding finding;
  std::string file;  // empty: not from a file
  int line = 0;      // 0: unknown
};

struct FindingCounts {
  size_t errors = 0;
  size_t warnings = 0;
  size_t notices = 0;
};
FindingCounts Count(const std::vector<LocatedFinding>& findings);

// "2 errors and 1 notice in 14 objects", "no findings in 14 objects".
std::string SummaryOf(const FindingCounts& counts, size_t objects);

// "manifests/a.yaml:3: error: Host default/a: spec.hostname: what to do [host-invalid]", one line each, then the
// summary.
std::string FindingsAsText(const std::vector<LocatedFinding>& findings, size_t objects, bool colour);

// {"findings": [...], "summary": {"errors": 1, "warnings": 0, "notices": 0, "objects": 14}}
Json FindingsAsJson(const std::vector<LocatedFinding>& findings, size_t objects);

// GitHub's workflow commands (docs.github.com, "Workflow commands for GitHub Actions"): an annotation for each finding.
std::string FindingsAsGithub(const std::vector<LocatedFinding>& findings, size_t objects);

}  // namespace nuncio::cli
