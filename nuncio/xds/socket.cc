#include "nuncio/xds/socket.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace nuncio::xds {
namespace {

absl::Status Failed(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Socket>> Socket::Listen(const std::string& path,
                                                       const std::function<absl::Status(const std::string&)>& listen) {
  struct stat found;
  if (lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " exists and is not a socket"));
  }
  const size_t slash = path.rfind('/');
  std::string folder = absl::StrCat(slash == std::string::npos ? "." : path.substr(0, slash), "/.adsXXXXXX");
  if (folder.size() + 2 >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too long for a Unix socket"));
  }
  if (mkdtemp(folder.data()) == nullptr) return Failed("make a folder beside", path);
  const std::string hidden = folder + "/s";
  absl::Status status = listen(hidden);
  if (status.ok() && chmod(hidden.c_str(), 0600) != 0) status = Failed("protect", hidden);
  if (status.ok() && lstat(hidden.c_str(), &found) != 0) status = Failed("find", hidden);
  if (status.ok() && rename(hidden.c_str(), path.c_str()) != 0) status = Failed("put a socket at", path);
  unlink(hidden.c_str());
  rmdir(folder.c_str());
  if (!status.ok()) return status;
  std::unique_ptr<Socket> socket(new Socket(path));
  socket->device_ = found.st_dev;
  socket->inode_ = found.st_ino;
  return socket;
}

Socket::~Socket() {
  struct stat found;
  if (lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_) unlink(path_.c_str());
}

}  // namespace nuncio::xds
