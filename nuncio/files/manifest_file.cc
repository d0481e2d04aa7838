#include "nuncio/files/manifest_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "nuncio/base/text.h"

namespace nuncio::files {
namespace {

absl::Status Refused(std::string_view why) { return absl::FailedPreconditionError(std::string(why)); }

absl::StatusOr<std::string> ReadAll(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return Refused(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return Refused("is not a regular file");
  constexpr size_t kMost = YamlLimits().bytes;
  std::string text;
  // The size may change under us: only what read() gives counts.
  text.reserve(std::min(static_cast<size_t>(status.st_size), kMost));
  char block[64 << 10];
  for (;;) {
    const ssize_t got = read(fd, block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Refused(std::strerror(errno));
    if (got == 0) return text;
    text.append(block, static_cast<size_t>(got));
    if (text.size() > kMost) return Refused(Cat("is larger than ", kMost >> 20, " MiB"));
  }
}

}  // namespace

absl::StatusOr<std::string> ReadManifest(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    const int error = errno;
    struct stat link;
    if (error == ENOENT && lstat(path.c_str(), &link) == 0) return Refused("is a link to a file that does not exist");
    if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError("no such file");
    return Refused(std::strerror(error));
  }
  absl::StatusOr<std::string> text = ReadAll(fd);
  close(fd);
  return text;
}

YamlStream ParseManifest(const std::filesystem::path& path, std::string_view text, const YamlLimits& limits) {
  return path.extension() == ".json" ? ReadJson(text, limits) : ReadYaml(text, limits);
}

}  // namespace nuncio::files
