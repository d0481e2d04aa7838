#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace nuncio::app {

// The folder that the processes of one `nuncio run` share, for its owner only. Moves, does not copy.
class WorkDirectory {
 public:
  // An empty `path` asks for a new folder below TMPDIR, which is removed in the end; another is created when missing,
  // and stays. Errors: it cannot be created, or its path is too long for a Unix socket in it.
  static absl::StatusOr<WorkDirectory> Open(const std::string& path);
  explicit WorkDirectory(std::string path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
  WorkDirectory(WorkDirectory&& other) noexcept;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  ~WorkDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

// Where things stand in it.
std::string AdsSocketIn(const std::string& work_directory);
std::string BootstrapFileIn(const std::string& work_directory);
std::string AdminAddressFileIn(const std::string& work_directory);

// Replaces a file that only its owner may read.
absl::Status WritePrivateFile(const std::string& path, const std::string& text);

}  // namespace nuncio::app
