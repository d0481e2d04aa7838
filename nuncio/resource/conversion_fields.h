#pragma once

#include <string_view>

#include "nuncio/base/json.h"

namespace nuncio::resource {

// The fields that v2 spells in more ways than v3alpha1 (emissary reference 1.13). `...ToHub` rewrites the v2 spelling
// in an object, `...FromHub` takes it back; where v3alpha1 has a field to remember the v2 spelling, that field is used.
// REQUIRES of all: the first argument is a JSON object.

// ambassador_id, and the ambassadorId that a v2 Host may have as well. Seen as v2, an id of v3alpha1 has a prefix, so
// that an Emissary 1.x does not take the object.
void IdsToHub(Json& spec);
void IdsFromHub(Json& spec);

// `tls` (bool or string) and the scheme of the service in `service_field`. A TCPMapping of v2 has no schemes.
enum class ServiceScheme { kRemembered, kNone };
void TlsToHub(Json& spec, const char* service_field, ServiceScheme scheme);
void TlsFromHub(Json& spec, const char* service_field, ServiceScheme scheme);

// host and host_regex of v2, hostname, host and host_regex of v3alpha1.
void MappingHostToHub(Json& spec);
void MappingHostFromHub(Json& spec);

// A map of strings and bools; `true` is a regular expression in another map, and remembered in a list of names.
struct BoolMap {
  const char* values;      // "headers"
  const char* regexes;     // "regex_headers"
  const char* remembered;  // "v2BoolHeaders"
};
void BoolMapToHub(Json& spec, const BoolMap& map);
void BoolMapFromHub(Json& spec, const BoolMap& map);

// A map of headers to add: bare strings and null.
void AddedHeadersToHub(Json& spec, const char* field);
void AddedHeadersFromHub(Json& spec, const char* field);

// One string for a list. The list is the same field in both versions, so there is no way back.
void ListToHub(Json& object, const char* field);

void CorsToHub(Json& spec);
void CorsFromHub(Json& spec);

// The descriptors of rate limiting.
void LabelsToHub(Json& spec);
void LabelsFromHub(Json& spec);

// tag_headers of a TracingService, which v3alpha1 has as well, without effect: there they only remember what v2 had.
// Both while the custom tags stand under the name of v3alpha1.
void TagHeadersToHub(Json& spec);
void TagHeadersFromHub(Json& spec);

}  // namespace nuncio::resource
