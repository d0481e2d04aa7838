#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "nuncio/apiext/authority.h"
#include "nuncio/diag/listening_socket.h"

namespace nuncio::apiext {

inline constexpr char kWebhookPath[] = "/webhooks/crd-convert";

// Answers ConversionReviews over HTTPS (TLS 1.3). One request a connection: an API server that keeps connections would
// hold threads, and lose a question on one that is just being closed. Thread-safe.
class WebhookServer {
 public:
  // Errors: those of diag::Listen.
  static absl::StatusOr<std::unique_ptr<WebhookServer>> Start(const diag::ListenAddress& address);
  virtual ~WebhookServer() = default;  // ends what is under way

  // For connections from now on; without one, none succeeds. REQUIRES: certificate and key can be read.
  virtual void SetPair(const Pair& pair) = 0;
  virtual uint16_t port() const = 0;
};

}  // namespace nuncio::apiext
