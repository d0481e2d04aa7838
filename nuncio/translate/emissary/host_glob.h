#pragma once

#include <string_view>

namespace nuncio::translate::emissary {

// Whether some host name could satisfy both globs. A glob is a name with "*" at one end at the most; the star stands
// for at least one character, dots included. A port is part of the name. Symmetric. A glob with a star at both ends
// satisfies only itself, and a name that starts with "." nothing else.
bool HostGlobsOverlap(std::string_view a, std::string_view b);

}  // namespace nuncio::translate::emissary
