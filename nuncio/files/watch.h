#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "nuncio/files/directory.h"

namespace nuncio::files {

// Tells what changes below a folder, by inotify: files written, renamed over, deleted, folders that come and go, and
// the symlink swap by which Kubernetes updates a ConfigMap volume. Next() belongs to one thread; Stop() may come from
// any.
class DirectoryWatch {
 public:
  // Errors: the folder does not exist, the kernel has no watches left. Watching starts here, so that what is read after
  // Create and before Next misses nothing.
  static absl::StatusOr<std::unique_ptr<DirectoryWatch>> Create(const std::filesystem::path& root);
  virtual ~DirectoryWatch() = default;

  // Blocks until something changed and returns all that is known by then. nullopt after Stop().
  virtual std::optional<Changes> Next() = 0;
  virtual void Stop() = 0;
};

}  // namespace nuncio::files
