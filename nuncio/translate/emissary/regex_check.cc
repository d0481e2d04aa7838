#include "nuncio/translate/emissary/regex_check.h"

#include <re2/re2.h>

#include "absl/strings/str_cat.h"

namespace nuncio::translate::emissary {
namespace {

std::optional<std::string> ProblemOf(const RE2& regex, uint32_t max_size) {
  if (!regex.ok()) return absl::StrCat("is no regular expression that RE2 takes: ", regex.error());
  const int size = regex.ProgramSize();
  if (max_size == 0 || size <= static_cast<int64_t>(max_size)) return std::nullopt;
  return absl::StrCat("compiles to ", size, " instructions, above the limit of ", max_size,
                      "; simplify it or raise regex_max_size in the Module");
}

}  // namespace

std::optional<std::string> RegexProblem(const std::string& pattern, uint32_t max_size) {
  return ProblemOf(RE2(pattern, RE2::Quiet), max_size);
}

std::optional<std::string> RegexProblem(const resource::RegexRewrite& rewrite, uint32_t max_size) {
  const RE2 regex(rewrite.pattern, RE2::Quiet);
  if (auto problem = ProblemOf(regex, max_size)) return problem;
  std::string error;
  if (regex.CheckRewriteString(rewrite.substitution, &error)) return std::nullopt;
  return absl::StrCat("does not go with its substitution: ", error);
}

}  // namespace nuncio::translate::emissary
