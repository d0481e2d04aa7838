#pragma once

#include "nuncio/base/field_errors.h"
#include "nuncio/base/json.h"
#include "nuncio/resource/kinds.h"

namespace nuncio::resource {

// Each reads a whole object but its metadata, which is there already, and says at which path what is wrong.
// REQUIRES: `object` is a JSON object.
#define NUNCIO_DECODER(type, ...) void DecodeKind(const Json& object, type& out, FieldErrors& errors);
NUNCIO_KINDS(NUNCIO_DECODER)
#undef NUNCIO_DECODER

}  // namespace nuncio::resource
