#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nuncio::ir {

// A format string is what a user writes as the value of a header or as the format of an access log: text with commands
// between percent signs, "%REQ(x-id)%", and "%%" for a percent sign. Envoy refuses a whole listener or table of routes
// for one that it does not take, so it is judged here first, by the rules of Envoy 1.40.

// Where a format string stands.
enum class FormatUse { kHeader, kAccessLog };

// What must be changed in `format`, as a sentence without a subject; nullopt: Envoy takes it. Pure.
// Envoy's limits of length, and line breaks in headers, are not judged here.
std::optional<std::string> FormatProblem(std::string_view format, FormatUse use);

}  // namespace nuncio::ir
