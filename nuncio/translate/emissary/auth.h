#pragma once

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/emissary/module_settings.h"
#include "nuncio/translate/options.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// AuthServices are not built yet, and to serve what they guard without asking them would open it to everybody. So while
// there is one, every request but the health checks is refused, as Emissary does for an AuthService that it cannot use
// (reference 1.7), and its owner has a finding. lua_scripts of the Module give way to that.
void RefuseWhatAuthServicesGuard(const store::Snapshot& snapshot, const Options& options, ModuleSettings& module,
                                 Report& report);

}  // namespace nuncio::translate::emissary
