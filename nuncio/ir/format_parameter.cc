#include "nuncio/ir/format_parameter.h"

#include <re2/re2.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "absl/strings/ascii.h"
#include "nuncio/base/text.h"

namespace nuncio::ir {
namespace {

using Words = std::initializer_list<std::string_view>;

// Nothing wrong if `word` is one of `words`.
std::string OneOf(std::string_view word, Words words) {
  if (std::find(words.begin(), words.end(), word) != words.end()) return "";
  std::string all;
  for (const std::string_view each : words) {
    if (!each.empty()) all += Cat(all.empty() ? "" : ", ", each);
  }
  return Cat("takes ", all, ", not \"", word, "\"");
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

bool Matches(std::string_view text, const re2::RE2& expression) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), expression);
}

// Two words with a colon between them; either may be empty, and what follows them does not count.
std::string PairProblem(std::string_view parameter, Words first, Words second) {
  const auto parts = Split(parameter, ':');
  if (!parts[0].empty()) {
    if (std::string problem = OneOf(parts[0], first); !problem.empty()) return problem;
  }
  return parts.size() < 2 || parts[1].empty() ? "" : OneOf(parts[1], second);
}

bool IsHeaderName(std::string_view name) {
  static const re2::RE2 kName("(?::?[-!#$%&'*+.^_|~`0-9A-Za-z]+)?", re2::RE2::Latin1);
  return Matches(name, kName);
}

}  // namespace

std::string TakesAny(std::string_view) { return ""; }

std::string NeedsParameter(std::string_view parameter) { return parameter.empty() ? "needs a parameter" : ""; }

std::string HeaderProblem(std::string_view parameter) {
  if (parameter.empty()) return "needs the name of a header";
  const auto names = Split(parameter, '?');
  if (names.size() > 2) return "takes one header and one alternative";
  for (const std::string_view name : names) {
    if (!IsHeaderName(name)) return Cat("takes the name of a header, not \"", name, "\"");
  }
  return "";
}

std::string TimeProblem(std::string_view parameter) {
  static const re2::RE2 kLineBreak("(?s).*%[-_0^#]*[1-9]*[EO]?n.*", re2::RE2::Latin1);
  return Matches(parameter, kLineBreak) ? "must not print a line break (%n)" : "";
}

std::string StateProblem(std::string_view parameter) {
  const auto parts = Split(parameter, ':');
  if (parts[0].empty()) return "needs a key";
  const bool has_field = parts.size() > 2 && !parts[2].empty();
  if (parts.size() < 2 || (parts[1].empty() && !has_field)) return "";
  if (std::string problem = OneOf(parts[1], {"PLAIN", "TYPED", "FIELD"}); !problem.empty()) return problem;
  if ((parts[1] == "FIELD") == has_field) return "";
  return has_field ? "takes a field's name only after FIELD" : "needs a field's name after FIELD";
}

std::string DurationProblem(std::string_view parameter) {
  const auto parts = Split(parameter, ':');
  if (parts.size() < 2 || parts.size() > 3) return "takes START:END or START:END:PRECISION";
  return parts.size() < 3 ? "" : OneOf(parts[2], {"ms", "us", "ns"});
}

std::string MetadataProblem(std::string_view parameter) {
  const auto parts = Split(parameter, ':');
  return OneOf(parts[0],
               {"DYNAMIC", "CLUSTER", "ROUTE", "UPSTREAM_HOST", "LISTENER", "VIRTUAL_HOST", "LISTENER_FILTER_CHAIN"});
}

std::string PathProblem(std::string_view parameter) {
  return PairProblem(parameter, {"WQ", "NQ"}, {"ORIG", "PATH", "ORIG_OR_PATH"});
}

std::string ServerNameProblem(std::string_view parameter) {
  return PairProblem(parameter, {"SNI_ONLY", "SNI_FIRST", "HOST_FIRST"}, {"ORIG_OR_HOST", "HOST", "ORIG"});
}

std::string QueryProblem(std::string_view parameter) { return OneOf(parameter, {"", "ORIG", "DECODED"}); }

std::string GrpcStatusProblem(std::string_view parameter) {
  return OneOf(parameter, {"", "CAMEL_STRING", "SNAKE_STRING", "NUMBER"});
}

std::string ForwardedCertificateProblem(std::string_view parameter) {
  return OneOf(absl::AsciiStrToLower(absl::string_view(parameter.data(), parameter.size())),
               {"by", "hash", "cert", "chain", "subject", "uri", "dns"});
}

}  // namespace nuncio::ir
