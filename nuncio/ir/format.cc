#include "nuncio/ir/format.h"

#include <re2/re2.h>

#include "absl/strings/numbers.h"
#include "nuncio/base/text.h"
#include "nuncio/ir/format_command.h"

namespace nuncio::ir {
namespace {

// The parameter ends at the first bracket that the rest can follow.
const re2::RE2& CommandExpression() {
  static const re2::RE2 kExpression(R"(%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%)", re2::RE2::Latin1);
  return kExpression;
}

std::string_view View(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

}  // namespace

std::optional<std::string> FormatProblem(std::string_view format, FormatUse use) {
  // Envoy rewrites this one wherever it stands in the text of a header, between commands too, before it reads the rest.
  if (use == FormatUse::kHeader && format.find("%PER_REQUEST_STATE(") != std::string_view::npos) {
    return "must not hold %PER_REQUEST_STATE(key)%, which is obsolete: write %FILTER_STATE(key:PLAIN)%";
  }
  re2::StringPiece rest(format.data(), format.size());
  for (size_t at = rest.find('%'); at != re2::StringPiece::npos; at = rest.find('%')) {
    rest.remove_prefix(at);
    if (rest.starts_with("%%")) {
      rest.remove_prefix(2);
      continue;
    }
    const size_t position = format.size() - rest.size();
    re2::StringPiece name, parameter, length;
    uint64_t number = 0;
    if (!re2::RE2::Consume(&rest, CommandExpression(), &name, &parameter, &length) ||
        (!length.empty() && !absl::SimpleAtoi(absl::string_view(length.data(), length.size()), &number))) {
      return Cat("must hold commands such as %REQ(x-id)%: the % at byte ", position,
                 " begins none; write %% for a percent sign");
    }
    if (auto problem = CommandProblem({View(name), View(parameter), !length.empty()})) {
      return Cat("must hold commands that Envoy takes: ", *problem);
    }
  }
  return std::nullopt;
}

}  // namespace nuncio::ir
