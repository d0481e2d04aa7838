#pragma once

#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/context.h"

namespace nuncio::translate::emissary {

// Reports everything that is wrong with one Mapping by itself, at its field path (emissary reference, appendix A), but
// for its service, resolver and TLS: those are CheckBackend's. False when the Mapping cannot be used.
bool CheckMapping(Context& context, const resource::Mapping& mapping, const ir::Origin& origin);

}  // namespace nuncio::translate::emissary
