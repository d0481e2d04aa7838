#pragma once

#include <vector>

#include "nuncio/resource/kinds.h"

namespace nuncio::resource {

// The name of the Secret that serves when there is no Host, in the namespace of the installation.
inline constexpr char kFallbackSecret[] = "fallback-self-signed-cert";

// Every Secret that an object may mean, whatever other objects say about how names are to be read: "a.b" is Secret
// `a.b` of the object's namespace and Secret `a` of namespace `b` (emissary reference 3.16). More than are used, never
// fewer: what a translation looks up of Secrets is in here for one of its objects, or is kFallbackSecret. Sorted,
// unique.
std::vector<ObjectKey> SecretsNamedBy(const Object& object);

}  // namespace nuncio::resource
