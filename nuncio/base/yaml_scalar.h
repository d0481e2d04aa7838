#pragma once

#include <string_view>

#include "nuncio/base/json.h"

namespace nuncio {

// The value of a plain (unquoted) YAML scalar as kubectl reads it (sigs.k8s.io/yaml: YAML 1.1 as Go's yaml.v2 resolves
// it): null, booleans (also y, yes, on and their opposites), integers (also 0x, 0o, 0b, a leading 0 for octal,
// underscores), floats; a string otherwise. A float that is whole is an integer, as in Go's JSON. Infinity and NaN,
// which JSON lacks, stay strings.
Json ResolvePlainScalar(std::string_view text);

}  // namespace nuncio
