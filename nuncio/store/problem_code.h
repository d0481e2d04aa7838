#pragma once

#include <string_view>

namespace nuncio::store::problem {

// What SourceProblem::code holds. They are among the stable codes of findings that docs/findings.md explains; this
// folder cannot name those, because it knows no findings.
inline constexpr std::string_view kParse = "parse";
inline constexpr std::string_view kSchema = "schema";
inline constexpr std::string_view kUnknownField = "unknown-field";
inline constexpr std::string_view kUnknownKind = "unknown-kind";
inline constexpr std::string_view kUnsupportedVersion = "unsupported-version";
inline constexpr std::string_view kDuplicate = "duplicate";
inline constexpr std::string_view kSecretInvalid = "secret-invalid";
inline constexpr std::string_view kUnreadable = "unreadable";

}  // namespace nuncio::store::problem
