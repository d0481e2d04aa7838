#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace nuncio {

// absl::StrCat for std::string_view: Debian's Abseil is built as C++14, with a string_view of its own.
template <typename... Parts>
std::string Cat(const Parts&... parts) {
  std::string out;
  const auto add = [&out](const auto& part) {
    if constexpr (std::integral<std::remove_cvref_t<decltype(part)>>) {
      out += std::to_string(part);
    } else {
      out += std::string_view(part);
    }
  };
  (add(parts), ...);
  return out;
}

}  // namespace nuncio
