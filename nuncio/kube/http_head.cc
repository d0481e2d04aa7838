#include "nuncio/kube/http_head.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace nuncio::kube {
namespace {

constexpr int64_t kLongestSeconds = 3600;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::optional<Duration> RetryAfter(absl::string_view text, absl::Time now) {
  int64_t seconds = 0;
  absl::Time date;
  if (!absl::SimpleAtoi(text, &seconds)) {
    // RFC 9110, 5.6.7: the only form that may still be made.
    if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &date, nullptr)) return std::nullopt;
    seconds = absl::ToInt64Seconds(absl::Ceil(date - now, absl::Seconds(1)));
  }
  return std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kLongestSeconds));
}

}  // namespace

void TakeHeaderLine(std::string_view line, absl::Time now, Head& head) {
  const absl::string_view text = absl::StripAsciiWhitespace(View(line));
  if (absl::StartsWith(text, "HTTP/")) {
    head = {};
    const size_t space = text.find(' ');
    if (space != absl::string_view::npos) (void)absl::SimpleAtoi(text.substr(space + 1, 3), &head.status);
    return;
  }
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return;
  const absl::string_view name = text.substr(0, colon), value = absl::StripAsciiWhitespace(text.substr(colon + 1));
  if (absl::EqualsIgnoreCase(name, "etag")) head.etag = std::string(value);
  if (absl::EqualsIgnoreCase(name, "retry-after")) head.retry_after = RetryAfter(value, now);
}

}  // namespace nuncio::kube
