#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace nuncio::apiext {

// A certificate and its key, PEM. An authority's text may go on with the certificate of the authority before it, so
// that a replica which has not heard of the new one yet is trusted meanwhile.
struct Pair {
  std::string certificate;
  std::string key;
  bool operator==(const Pair&) const = default;
};

// Times are Unix time in s. Keys are P-256: what an API server verifies as well as Emissary's RSA of 4096 bits, and
// makes in no time.
inline constexpr int64_t kDay = 24 * 3600;
inline constexpr int64_t kAuthorityLife = 365 * kDay;
inline constexpr int64_t kAuthorityLeft = 14 * kDay;  // one with less is replaced
inline constexpr int64_t kServerLife = 14 * kDay;     // renewed at two thirds

// A new authority that signs itself. `before`: the one that it replaces, if it can still be trusted; may be empty.
Pair MakeAuthority(int64_t now, const Pair& before);
// A server's certificate for these DNS names. Errors: InvalidArgument, an authority that is none.
absl::StatusOr<Pair> MakeServerPair(const Pair& authority, std::span<const std::string> names, int64_t now);
// Ok while it may sign; otherwise why it has to be replaced.
absl::Status CheckAuthority(const Pair& authority, int64_t now);

}  // namespace nuncio::apiext
