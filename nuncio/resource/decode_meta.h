#pragma once

#include "nuncio/base/field_errors.h"
#include "nuncio/base/json.h"
#include "nuncio/resource/meta.h"

namespace nuncio::resource {

// ObjectMeta without `source`. A namespaced object without a namespace is in "default", as with kubectl.
// REQUIRES: `object` is a JSON object.
Meta DecodeMeta(const Json& object, bool namespaced, FieldErrors& errors);

}  // namespace nuncio::resource
