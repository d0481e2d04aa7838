#include "nuncio/app/change_log.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

constexpr size_t kMostLines = 100;
constexpr std::array<const char*, envoy::kResourceTypes> kNouns = {"secrets", "clusters", "endpoints", "listeners",
                                                                   "routes"};
constexpr std::array<const char*, 3> kSeverities = {"error", "warning", "notice"};

auto Said(const ir::Finding& finding) {
  return std::tie(finding.severity, finding.code, finding.object.kind, finding.object.ns, finding.object.name,
                  finding.field, finding.message);
}
bool SaidBefore(const ir::Finding& a, const ir::Finding& b) { return Said(a) < Said(b); }

std::string Describe(const char* noun, const Difference& difference) {
  std::string text = noun;
  if (difference.added > 0) absl::StrAppend(&text, " +", difference.added);
  if (difference.changed > 0) absl::StrAppend(&text, " ~", difference.changed);
  if (difference.removed > 0) absl::StrAppend(&text, " -", difference.removed);
  return text;
}

std::string Count(size_t count, const char* noun) { return absl::StrCat(count, " ", noun, count == 1 ? "" : "s"); }

std::string DescribeObject(const ir::Origin& object) {
  std::string text = object.kind;
  if (!object.name.empty()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", object.ns, object.ns.empty() ? "" : "/", object.name);
  }
  if (!object.file->empty()) absl::StrAppend(&text, text.empty() ? "" : " ", "(", *object.file, ":", object.line, ")");
  return text;
}

// Control characters would let a manifest write lines of its own into the log.
std::string Printable(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code >= 0x20 && code != 0x7f) {
      out += letter;
    } else {
      absl::StrAppendFormat(&out, "\\x%02x", code);
    }
  }
  return out;
}

}  // namespace

Difference Compare(const std::vector<envoy::ResourcePtr>& before, const std::vector<envoy::ResourcePtr>& after) {
  Difference difference;
  auto old = before.begin();
  for (const envoy::ResourcePtr& resource : after) {
    for (; old != before.end() && (*old)->name < resource->name; ++old) ++difference.removed;
    if (old == before.end() || (*old)->name != resource->name) {
      ++difference.added;
      continue;
    }
    if ((*old)->version != resource->version) ++difference.changed;
    ++old;
  }
  difference.removed += static_cast<size_t>(before.end() - old);
  return difference;
}

std::string Describe(const pipeline::Generation* before, const pipeline::Generation& after) {
  static const std::vector<envoy::ResourcePtr> kNone;
  std::vector<std::string> differences;
  for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
    const Difference difference = Compare(before == nullptr ? kNone : before->config->of(type), after.config->of(type));
    if (difference != Difference{}) differences.push_back(Describe(kNouns[static_cast<size_t>(type)], difference));
  }
  std::array<size_t, kSeverities.size()> counts{};
  for (const ir::Finding& finding : after.findings) ++counts[static_cast<size_t>(finding.severity)];
  std::vector<std::string> findings;
  for (size_t severity = 0; severity < counts.size(); ++severity) {
    findings.push_back(Count(counts[severity], kSeverities[severity]));
  }
  return absl::StrFormat("generation %d: %s; %s; built in %.1f ms", after.number,
                         differences.empty() ? "nothing changes" : absl::StrJoin(differences, ", "),
                         absl::StrJoin(findings, ", "), static_cast<double>(after.build_time.count()) / 1000);
}

ir::Findings NewFindings(const ir::Findings& before, const ir::Findings& after) {
  ir::Findings old = before;
  std::sort(old.begin(), old.end(), SaidBefore);
  ir::Findings fresh;
  for (const ir::Finding& finding : after) {
    if (!std::binary_search(old.begin(), old.end(), finding, SaidBefore)) fresh.push_back(finding);
  }
  return fresh;
}

std::string Describe(const ir::Finding& finding) {
  std::string line = finding.code;
  const std::string object = DescribeObject(finding.object);
  if (!object.empty()) absl::StrAppend(&line, ": ", object);
  if (!finding.field.empty()) absl::StrAppend(&line, object.empty() ? ": " : " ", finding.field);
  return Printable(absl::StrCat(line, ": ", finding.message));
}

void LogNewFindings(const ir::Findings& before, const ir::Findings& after) {
  const ir::Findings fresh = NewFindings(before, after);
  for (size_t i = 0; i < fresh.size() && i < kMostLines; ++i) {
    switch (fresh[i].severity) {
      case ir::Severity::kError:
        log::Error(Describe(fresh[i]));
        break;
      case ir::Severity::kWarning:
        log::Warning(Describe(fresh[i]));
        break;
      case ir::Severity::kNotice:
        log::Info(Describe(fresh[i]));
        break;
    }
  }
  if (fresh.size() > kMostLines) {
    log::Warning(absl::StrCat(fresh.size() - kMostLines, " more new findings; nuncio check prints all of them"));
  }
}

}  // namespace nuncio::app
