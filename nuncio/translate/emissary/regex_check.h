#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nuncio/resource/emissary_common.h"

namespace nuncio::translate::emissary {

// Why Envoy would refuse a regular expression: RE2 does not take it, or its program is larger than `max_size`
// instructions (Envoy, RegexMatcher.GoogleRE2.max_program_size; 0: no limit). nullopt: it is fine.
std::optional<std::string> RegexProblem(const std::string& pattern, uint32_t max_size);

// The same for a pattern and its substitution, which must not refer to a capture that the pattern does not have.
std::optional<std::string> RegexProblem(const resource::RegexRewrite& rewrite, uint32_t max_size);

}  // namespace nuncio::translate::emissary
