#pragma once

#include <memory>

#include "nuncio/base/json.h"
#include "nuncio/resource/emissary_common.h"
#include "nuncio/resource/meta.h"

namespace nuncio::resource {

// getambassador.io/v3alpha1 Module. `config` has no schema in any version; the translator reads it, key by key, so that
// one bad key harms no other. Never null: an object.
struct Module {
  Meta meta;
  AmbassadorId ambassador_id;
  std::shared_ptr<const Json> config;

  bool operator==(const Module& other) const;
};

// KubernetesServiceResolver and KubernetesEndpointResolver: their name is all that they say.
struct KubernetesServiceResolver {
  Meta meta;
  AmbassadorId ambassador_id;
  bool operator==(const KubernetesServiceResolver&) const = default;
};
struct KubernetesEndpointResolver {
  Meta meta;
  AmbassadorId ambassador_id;
  bool operator==(const KubernetesEndpointResolver&) const = default;
};

// An object of a kind that is known by name but not built yet. It is kept so that its owner can be told.
struct UnbuiltObject {
  std::string group;
  std::string kind;
  Meta meta;
  AmbassadorId ambassador_id;
  bool operator==(const UnbuiltObject&) const = default;
};

}  // namespace nuncio::resource
