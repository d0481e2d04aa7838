#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "nuncio/base/json.h"
#include "nuncio/status/object_status.h"

namespace nuncio::status {

// What is remembered of an object's status as the API server has it, as little as that: whether it has to be written,
// and since when its conditions are what they are. Of everything that others write there, nothing.
struct Seen {
  uint64_t digest = 0;  // of our part, without times; 0: there is none
  struct Since {
    Truth truth = Truth::kUnknown;
    int64_t time = 0;  // Unix time in s; 0: there is no such condition
    bool operator==(const Since&) const = default;
  };
  std::array<Since, kTypes.size()> conditions;
  int64_t generation = 0;  // the newest of the object that they speak of
  bool operator==(const Seen&) const = default;
};

// `status` is the object's, as the server sent it; anything, null included, may stand there.
Seen SeenOf(const std::string& kind, const Json& status);

// What Seen::digest will be once it is written.
uint64_t DigestOf(const ObjectStatus& status);

// What `seen` will be once it is written at `now`: a condition that keeps its truth keeps its time.
Seen After(const ObjectStatus& status, const Seen& seen, int64_t now);

// The object to apply (server-side) on the status subresource: names, UID where it is known, and our part of the
// status. `api_version`: "getambassador.io/v3alpha1".
std::string ApplyBody(const ObjectStatus& status, const std::string& api_version, const Seen& after);

}  // namespace nuncio::status
