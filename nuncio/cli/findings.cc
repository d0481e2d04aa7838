#include "nuncio/cli/findings.h"

#include <nlohmann/json.hpp>

#include "nuncio/ir/dump.h"

namespace nuncio::cli {
namespace {

using ir::Severity;

constexpr const char* kBold = "\033[1m";
constexpr const char* kPlain = "\033[0m";

const char* Colour(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "\033[1;31m";
    case Severity::kWarning:
      return "\033[1;33m";
    case Severity::kNotice:
      return "\033[1;36m";
  }
  return "";
}

std::string Painted(const std::string& text, const char* colour, bool on) { return on ? colour + text + kPlain : text; }

std::string ObjectName(const ir::Origin& object) {
  if (object.name.empty()) return object.kind;
  return object.kind + " " + (object.ns.empty() ? "" : object.ns + "/") + object.name;
}

std::string Place(const LocatedFinding& located) {
  if (located.file.empty()) return "";
  return located.line > 0 ? located.file + ":" + std::to_string(located.line) : located.file;
}

// A message comes from names that a user chose: what would end the line or steer the terminal does not get through.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

// "Host default/a: spec.hostname: what to do"
std::string Sentence(const ir::Finding& finding) {
  std::string sentence;
  for (const std::string& part : {ObjectName(finding.object), finding.field}) {
    if (!part.empty()) sentence += part + ": ";
  }
  return OneLine(sentence + finding.message);
}

std::string Counted(size_t count, const char* one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

void Replace(std::string& text, char from, const char* to) {
  std::string replaced;
  for (const char c : text) c == from ? replaced += to : replaced += c;
  text = std::move(replaced);
}

std::string GithubData(std::string text) {
  Replace(text, '%', "%25");
  Replace(text, '\r', "%0D");
  Replace(text, '\n', "%0A");
  return text;
}

std::string GithubProperty(std::string text) {
  text = GithubData(std::move(text));
  Replace(text, ':', "%3A");
  Replace(text, ',', "%2C");
  return text;
}

}  // namespace

FindingCounts Count(const std::vector<LocatedFinding>& findings) {
  FindingCounts counts;
  for (const LocatedFinding& located : findings) {
    switch (located.finding.severity) {
      case Severity::kError:
        ++counts.errors;
        break;
      case Severity::kWarning:
        ++counts.warnings;
        break;
      case Severity::kNotice:
        ++counts.notices;
        break;
    }
  }
  return counts;
}

std::string SummaryOf(const FindingCounts& counts, size_t objects) {
  std::vector<std::string> parts;
  if (counts.errors > 0) parts.push_back(Counted(counts.errors, "error"));
  if (counts.warnings > 0) parts.push_back(Counted(counts.warnings, "warning"));
  if (counts.notices > 0) parts.push_back(Counted(counts.notices, "notice"));
  std::string text = parts.empty() ? "no findings" : parts[0];
  for (size_t i = 1; i < parts.size(); ++i) text += (i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return text + " in " + Counted(objects, "object");
}

std::string FindingsAsText(const std::vector<LocatedFinding>& findings, size_t objects, bool colour) {
  std::string text;
  for (const LocatedFinding& located : findings) {
    const Severity severity = located.finding.severity;
    const std::string place = OneLine(Place(located));
    if (!place.empty()) text += Painted(place + ":", kBold, colour) + " ";
    text += Painted(std::string(ir::ToText(severity)) + ":", Colour(severity), colour) + " " +
            Sentence(located.finding) + " [" + located.finding.code + "]\n";
  }
  if (!findings.empty()) text += "\n";
  return text + SummaryOf(Count(findings), objects) + "\n";
}

Json FindingsAsJson(const std::vector<LocatedFinding>& findings, size_t objects) {
  Json list = Json::array();
  for (const LocatedFinding& located : findings) {
    Json entry = ir::ToJson(located.finding);
    if (!located.file.empty()) entry["file"] = located.file;
    if (located.line > 0) entry["line"] = located.line;
    list.push_back(std::move(entry));
  }
  const FindingCounts counts = Count(findings);
  return {
      {"findings", std::move(list)},
      {"summary",
       {{"errors", counts.errors}, {"warnings", counts.warnings}, {"notices", counts.notices}, {"objects", objects}}}};
}

std::string FindingsAsGithub(const std::vector<LocatedFinding>& findings, size_t objects) {
  std::string text;
  for (const LocatedFinding& located : findings) {
    text += std::string("::") + ir::ToText(located.finding.severity) + " ";
    if (!located.file.empty()) text += "file=" + GithubProperty(located.file) + ",";
    if (!located.file.empty() && located.line > 0) text += "line=" + std::to_string(located.line) + ",";
    text += "title=" + GithubProperty(located.finding.code) + "::" + GithubData(Sentence(located.finding)) + "\n";
  }
  return text + SummaryOf(Count(findings), objects) + "\n";
}

}  // namespace nuncio::cli
