#pragma once

#include <string>
#include <string_view>

namespace nuncio {

// 16 hexadecimal digits that differ for different bytes, for all purposes but an adversary's: 64 of XXH3's 128 bits.
std::string Digest(std::string_view bytes);

}  // namespace nuncio
