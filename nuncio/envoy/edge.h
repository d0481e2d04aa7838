#pragma once

#include <chrono>
#include <cstdint>

namespace nuncio::envoy::edge {

// The limits that stand between a stranger and Envoy, where the model leaves them open. Source: Envoy's page
// "Configuring Envoy as an edge proxy"; edge_test.cc checks each row and lists those that are not set, with the reason.

inline constexpr uint32_t kConnectionBufferBytes = 32 * 1024;
inline constexpr uint32_t kConcurrentStreams = 100;
inline constexpr uint32_t kStreamWindowBytes = 64 * 1024;
inline constexpr uint32_t kConnectionWindowBytes = 1024 * 1024;

inline constexpr std::chrono::milliseconds kIdleTimeout{3'600'000};
// From a request's first byte to the end of its headers, and for a TLS handshake: a client that needs longer is
// holding a connection on purpose.
inline constexpr std::chrono::milliseconds kRequestHeadersTimeout{10'000};
inline constexpr std::chrono::milliseconds kHandshakeTimeout{10'000};

// The largest RE2 program of one regex that Envoy takes; a route's own limit is below it and checked by the validator.
inline constexpr uint32_t kRegexProgramSize = 16'384;

}  // namespace nuncio::envoy::edge
