#pragma once

#include <nlohmann/json_fwd.hpp>

namespace nuncio {

// Object members are kept sorted by name, so that a dump is canonical. Files that only pass values on include this;
// files that look into them include <nlohmann/json.hpp>.
using Json = nlohmann::json;

}  // namespace nuncio
