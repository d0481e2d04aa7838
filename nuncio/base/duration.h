#pragma once

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"

namespace nuncio {

// A duration as Go's time.ParseDuration reads it ("300ms", "1.5h", "2h45m", "0"), in whole ms, rounded down.
// Errors (InvalidArgument): anything else, a negative one, one above a year.
absl::StatusOr<std::chrono::milliseconds> ParseGoDuration(std::string_view text);

}  // namespace nuncio
