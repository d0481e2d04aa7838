#pragma once

#include <span>
#include <string_view>

namespace nuncio {

// The one of `names` that `text` was probably meant to be: the same but for case and underscores, or a slip or two
// away. Empty when none is near. Of equally near ones the first.
std::string_view Nearest(std::string_view text, std::span<const std::string_view> names);

}  // namespace nuncio
