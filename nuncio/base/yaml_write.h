#pragma once

#include <string>

#include "nuncio/base/json.h"

namespace nuncio {

// Block-style YAML, the same bytes for the same value; ReadYaml reads an equal value back. Strings are quoted only
// where a plain scalar would not read back as that string; text of several lines becomes a literal block.
std::string ToYaml(const Json& value);

}  // namespace nuncio
