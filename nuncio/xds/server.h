#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/xds/cache.h"

namespace nuncio::xds {

// Serves ADS (delta and state of the world) over gRPC on a Unix socket. The only file of the project that speaks gRPC;
// all of the protocol is in the session classes.
class Server {
 public:
  // Replaces a stale socket file. The socket is readable by its owner only. Errors: the path cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Cache& cache, const std::string& socket_path);
  virtual ~Server() = default;  // ends the streams
};

}  // namespace nuncio::xds
