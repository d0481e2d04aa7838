#pragma once

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/model_builder.h"
#include "nuncio/translate/options.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// The getambassador.io kinds of this instance, in the order of reference 3.0.
void TranslateEmissary(const store::Snapshot& snapshot, const Options& options, ModelBuilder& builder, Report& report);

}  // namespace nuncio::translate::emissary
