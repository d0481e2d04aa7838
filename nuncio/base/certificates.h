#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace nuncio {

// What is asked of TLS material before it may reach Envoy, which refuses a whole resource for one bad certificate.
// Pure functions of PEM text. Errors are InvalidArgument, in words that complete "tls.crt ...".

// When all certificates of a chain are valid, Unix time in s: [not_before, not_after].
struct Validity {
  int64_t not_before = 0;
  int64_t not_after = 0;
};

// The chain, leaf first.
absl::StatusOr<Validity> CheckChain(std::string_view chain_pem);
// PKCS #1, PKCS #8 or SEC 1, not encrypted; of a kind that Envoy 1.40 serves with: RSA of 2,048 bits or more, ECDSA
// over P-256, P-384 or P-521, Ed25519.
absl::Status CheckKey(std::string_view key_pem);
// REQUIRES: both passed the checks above.
absl::Status CheckKeyBelongs(std::string_view chain_pem, std::string_view key_pem);
absl::Status CheckRevocations(std::string_view crl_pem);

}  // namespace nuncio
