#pragma once

#include "nuncio/ir/listener.h"
#include "nuncio/translate/emissary/config_reader.h"

namespace nuncio::translate::emissary {

// The keys of the `ambassador` Module that say how HTTP connections are handled, with the documented defaults.
ir::HttpSettings ReadHttpSettings(ConfigReader& config);

}  // namespace nuncio::translate::emissary
