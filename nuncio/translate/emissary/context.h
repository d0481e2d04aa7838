#pragma once

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/emissary/module_settings.h"
#include "nuncio/translate/model_builder.h"
#include "nuncio/translate/options.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// What the translators of this front end share. Passed on, never stored; every read of another object goes through it.
struct Context {
  const store::Snapshot& snapshot;
  const Options& options;
  const ModuleSettings& module;
  ModelBuilder& builder;
  Report& report;
};

}  // namespace nuncio::translate::emissary
