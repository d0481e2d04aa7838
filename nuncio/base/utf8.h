#pragma once

#include <cstddef>
#include <string_view>

namespace nuncio {

// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no
// surrogates); text.size() when all of it is.
size_t ValidUtf8Prefix(std::string_view text);

// The greatest offset of at most `most` bytes that does not lie within a character; text.size() when that is no more.
size_t CutBetweenCharacters(std::string_view text, size_t most);

}  // namespace nuncio
