#pragma once

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/emissary/endpoint_sets.h"
#include "nuncio/translate/emissary/host_translator.h"
#include "nuncio/translate/emissary/listeners.h"
#include "nuncio/translate/emissary/mapping_groups.h"
#include "nuncio/translate/model_builder.h"
#include "nuncio/translate/options.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// The kinds of getambassador.io. What it remembers from one snapshot to the next saves work and changes nothing that
// comes out. Not thread-safe; lives as long as the process.
class Translator {
 public:
  // REQUIRES: the last call's snapshot still lives.
  void Translate(const store::Snapshot& snapshot, const Options& options, ModelBuilder& builder, Report& report);

 private:
  HostTranslator hosts_;
  MappingTranslator mappings_;
  ListenerTranslator listeners_;
  EndpointSets endpoint_sets_;
};

}  // namespace nuncio::translate::emissary
