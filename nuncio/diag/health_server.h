#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/diag/listening_socket.h"

namespace nuncio::diag {

struct Answer {
  int status = 404;
  std::string content_type = "text/plain";
  std::string body;
};

// Answers GET and HEAD on one address. Every request is small (8 KiB of headers, no body is read) and every connection
// carries one request and has 2 s to send it, so that a client on this port, which is open to the network, can hold
// little for long. Thread-safe.
class HealthServer {
 public:
  // `answer` gets the path without the query, on several threads at once.
  // Errors: those of Listen().
  static absl::StatusOr<std::unique_ptr<HealthServer>> Start(const ListenAddress& address,
                                                             std::function<Answer(const std::string& path)> answer);
  virtual ~HealthServer() = default;  // ends what is under way
  virtual uint16_t port() const = 0;
};

}  // namespace nuncio::diag
