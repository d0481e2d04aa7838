#pragma once

#include <vector>

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/emissary/endpoint_sets.h"
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
  EndpointUses& endpoints;
  Report& report;
  // Set while a part is translated that is kept for later snapshots: the Services that it asked for, found or not. May
  // hold one twice.
  std::vector<resource::ObjectKey>* services_read = nullptr;

  // Null when there is none.
  const resource::Service* FindService(const resource::ObjectKey& key) const {
    if (services_read != nullptr && (services_read->empty() || services_read->back() != key)) {
      services_read->push_back(key);
    }
    return snapshot.services.Find(key);
  }
};

}  // namespace nuncio::translate::emissary
