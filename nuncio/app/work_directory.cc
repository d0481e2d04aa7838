#include "nuncio/app/work_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace nuncio::app {
namespace {

namespace fs = std::filesystem;

absl::Status CheckLength(const std::string& path) {
  if (AdsSocketIn(path).size() < sizeof(sockaddr_un::sun_path)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": too long a path for a Unix socket in it; name a shorter one"));
}

}  // namespace

absl::StatusOr<WorkDirectory> WorkDirectory::Open(const std::string& path) {
  if (path.empty()) {
    const char* base = std::getenv("TMPDIR");
    std::string name = absl::StrCat(base == nullptr || *base == '\0' ? "/tmp" : base, "/nuncio-XXXXXX");
    if (const absl::Status fits = CheckLength(name); !fits.ok()) return fits;
    if (mkdtemp(name.data()) == nullptr) return absl::ErrnoToStatus(errno, name);
    return WorkDirectory(name, true);
  }
  std::error_code error;
  const std::string absolute = fs::absolute(path, error).string();
  if (const absl::Status fits = CheckLength(absolute); !fits.ok()) return fits;
  if (fs::create_directories(absolute, error)) chmod(absolute.c_str(), 0700);
  if (error) return absl::ErrnoToStatus(error.value(), absolute);
  return WorkDirectory(absolute, false);
}

WorkDirectory::WorkDirectory(WorkDirectory&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;  // what cannot be removed is in TMPDIR
  if (temporary_) fs::remove_all(path_, ignored);
}

std::string AdsSocketIn(const std::string& work_directory) { return work_directory + "/ads.sock"; }
std::string BootstrapFileIn(const std::string& work_directory) { return work_directory + "/bootstrap.json"; }
std::string AdminAddressFileIn(const std::string& work_directory) { return work_directory + "/admin-address"; }

absl::Status WritePrivateFile(const std::string& path, const std::string& text) {
  unlink(path.c_str());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return absl::ErrnoToStatus(errno, path);
  const ssize_t written = write(file, text.data(), text.size());
  const int error = written < 0 ? errno : ENOSPC;
  close(file);
  if (written != static_cast<ssize_t>(text.size())) return absl::ErrnoToStatus(error, path);
  return absl::OkStatus();
}

}  // namespace nuncio::app
