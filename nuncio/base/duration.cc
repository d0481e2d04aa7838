#include "nuncio/base/duration.h"

#include <string>

#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "nuncio/base/text.h"

namespace nuncio {
namespace {

constexpr absl::Duration kLongest = absl::Hours(24 * 365);

absl::Status Invalid(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(Cat("\"", text, "\" ", why));
}

}  // namespace

absl::StatusOr<std::chrono::milliseconds> ParseGoDuration(std::string_view text) {
  // Go writes microseconds with either Greek mu as well; Abseil, which reads the same syntax otherwise, does not.
  const std::string ascii = absl::StrReplaceAll(std::string(text), {{"\u00b5s", "us"}, {"\u03bcs", "us"}});
  absl::Duration duration;
  // Abseil reads these too; Go does not.
  const bool foreign =
      ascii.find_first_of(" \t\n\r\v\f") != std::string::npos || ascii.find("inf") != std::string::npos;
  if (foreign || !absl::ParseDuration(ascii, &duration)) {
    return Invalid(text, "is not a duration such as \"300ms\", \"1.5s\" or \"2h45m\"");
  }
  if (duration < absl::ZeroDuration()) return Invalid(text, "is negative");
  if (duration > kLongest) return Invalid(text, "is longer than a year");
  return std::chrono::milliseconds(absl::ToInt64Milliseconds(duration));
}

}  // namespace nuncio
