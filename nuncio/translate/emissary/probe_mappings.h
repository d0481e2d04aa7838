#pragma once

#include <vector>

#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/module_settings.h"
#include "nuncio/translate/options.h"

namespace nuncio::translate::emissary {

// The internal Mappings that lead to this instance's own health and diagnostics, as far as the Module has them enabled
// (emissary reference 3.12).
std::vector<resource::Mapping> ProbeMappings(const ModuleSettings& module, const Options& options);

}  // namespace nuncio::translate::emissary
