#include "nuncio/resource/emissary_fields.h"

namespace nuncio::resource {

void LoadAmbassadorId(const Json& json, AmbassadorId& out, FieldErrors& errors) {
  if (json.is_string()) {
    out = {json.get<std::string>()};
  } else {
    Load(json, out, errors);
  }
}

}  // namespace nuncio::resource
