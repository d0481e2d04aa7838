#pragma once

#include <string>

#include "nuncio/ir/upstream.h"

namespace nuncio::translate {

// A digest of everything that an upstream says except its id and origins: equal for equal settings, and only then.
std::string Fingerprint(const ir::Upstream& upstream);

}  // namespace nuncio::translate
