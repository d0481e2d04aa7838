#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "nuncio/base/json.h"

namespace nuncio {

// The member of an object that nobody vouches for; empty when it is no object, has no such member, or one that is no
// string.
inline std::string TextMember(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

}  // namespace nuncio
