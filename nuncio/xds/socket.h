#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace nuncio::xds {

// A Unix socket at a path, for its owner only from the moment that it can be seen. Removes the file when it is
// destroyed, unless another process has put its own there meanwhile. Not thread-safe.
class Socket {
 public:
  // `listen` binds the path that it is given: one in a folder that nobody else may enter; the socket is then moved to
  // `path`. Replaces a socket that stands there, but no other file (FailedPrecondition).
  static absl::StatusOr<std::unique_ptr<Socket>> Listen(const std::string& path,
                                                        const std::function<absl::Status(const std::string&)>& listen);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

 private:
  explicit Socket(std::string path) : path_(std::move(path)) {}

  std::string path_;
  unsigned long long device_ = 0, inode_ = 0;
};

}  // namespace nuncio::xds
