#include "nuncio/files/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>

#include "nuncio/base/log.h"
#include "nuncio/base/text.h"
#include "nuncio/files/walk.h"

namespace nuncio::files {
namespace {

namespace fs = std::filesystem;

// Not IN_MODIFY: a file is read when its writer closes it, or when it takes its name.
constexpr uint32_t kFolderEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr uint32_t kParentEvents = IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;
// How often a root that is away, with its parent, is looked for.
constexpr int kRetryMs = 1000;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

class InotifyWatch : public DirectoryWatch {
 public:
  explicit InotifyWatch(fs::path root)
      : root_(std::move(root)), inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), stop_(eventfd(0, EFD_CLOEXEC)) {}

  absl::Status Start() {
    if (inotify_.get() < 0 || stop_.get() < 0)
      return absl::ResourceExhaustedError(Cat("inotify: ", std::strerror(errno)));
    std::error_code error;
    if (!fs::is_directory(root_, error)) return absl::NotFoundError(Cat(root_.native(), " is not a folder"));
    WatchEverything();
    if (watch_error_ != 0) {
      return absl::ResourceExhaustedError(Cat("cannot watch ", root_.native(), ": ", std::strerror(watch_error_),
                                              watch_error_ == ENOSPC ? " (raise fs.inotify.max_user_watches)" : ""));
    }
    return absl::OkStatus();
  }

  std::optional<Changes> Next() override {
    for (;;) {
      pollfd fds[] = {{stop_.get(), POLLIN, 0}, {inotify_.get(), POLLIN, 0}};
      const int ready = poll(fds, 2, RootIsWatched() ? -1 : kRetryMs);
      if (fds[0].revents != 0 && ready > 0) return std::nullopt;
      Changes changes;
      if (ready > 0) Drain(changes);
      if (changes.everything) {
        WatchEverything();
      } else if (!RootIsWatched()) {
        WatchEverything();
        changes.everything = RootIsWatched();
      }
      if (changes.everything || !changes.paths.empty()) return changes;
    }
  }

  void Stop() override {
    const uint64_t one = 1;
    // Cannot fail: the counter is far from its end. It stays up, so that every later Next() returns at once.
    while (write(stop_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
    }
  }

 private:
  bool RootIsWatched() const { return root_descriptor_ >= 0; }

  int AddWatch(const fs::path& folder, uint32_t events) {
    const int descriptor = inotify_add_watch(inotify_.get(), folder.c_str(), events | IN_ONLYDIR | IN_MASK_ADD);
    // A folder that went away in the meantime tells so itself.
    if (descriptor < 0 && errno != ENOENT && errno != ENOTDIR) {
      watch_error_ = errno;
      log::Warning(Cat("changes below ", folder.native(), " will not be noticed: ", std::strerror(errno)));
    }
    return descriptor;
  }

  // Anew, with every folder under the name by which a reader finds it: one can be reached by several. Each watch is set
  // before its folder is read, so that nothing falls between.
  void WatchEverything() {
    for (const auto& [descriptor, folder] : folders_) inotify_rm_watch(inotify_.get(), descriptor);
    folders_.clear();
    // The parent tells when a root that went comes back.
    std::error_code error;
    parent_descriptor_ = AddWatch((fs::absolute(root_, error) / "..").lexically_normal(), kParentEvents);
    Walk(root_, [this](const fs::path& folder) {
      const int descriptor = AddWatch(folder, kFolderEvents);
      if (descriptor >= 0) folders_.emplace(descriptor, folder);
    });
    root_descriptor_ = -1;
    for (const auto& [descriptor, folder] : folders_) {
      if (folder == root_) root_descriptor_ = descriptor;
    }
  }

  bool IsWatchedFolder(const fs::path& path) const {
    for (const auto& [descriptor, folder] : folders_) {
      if (folder == path) return true;
    }
    return false;
  }

  void Drain(Changes& changes) {
    alignas(inotify_event) char buffer[64 << 10];
    for (;;) {
      const ssize_t got = read(inotify_.get(), buffer, sizeof(buffer));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        OnEvent(*event, changes);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
  }

  void OnEvent(const inotify_event& event, Changes& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      changes.everything = true;
      return;
    }
    const std::string name = event.len > 0 ? event.name : "";
    if (event.wd == parent_descriptor_ && name == RootName()) changes.everything = true;
    const auto at = folders_.find(event.wd);
    if (at == folders_.end()) return;
    if (name.empty()) {
      changes.everything = true;  // the folder itself went, moved, or has other permissions
    } else {
      OnEntry(event.mask, at->second / name, changes);
    }
  }

  fs::path RootName() const {
    std::error_code error;
    const fs::path absolute = (fs::absolute(root_, error)).lexically_normal();
    return absolute.has_filename() ? absolute.filename() : absolute.parent_path().filename();
  }

  void OnEntry(uint32_t mask, const fs::path& path, Changes& changes) {
    if (IsHidden(path)) {
      // Kubernetes updates a ConfigMap volume by renaming a new link over this one (AtomicWriter in k8s.io/kubernetes).
      changes.everything = changes.everything || path.filename() == "..data";
      return;
    }
    const bool gone = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
    std::error_code error;
    if ((mask & IN_ISDIR) != 0 || (gone ? IsWatchedFolder(path) : fs::is_directory(path, error))) {
      changes.everything = true;
      return;
    }
    // A new file is told again when its writer closes it; a new name of what is complete already is not.
    const bool writing = (mask & IN_CREATE) != 0 && !IsComplete(path);
    if (IsManifest(path) && !writing) changes.paths.insert(path);
  }

  static bool IsComplete(const fs::path& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0 && (S_ISLNK(status.st_mode) || status.st_nlink > 1);
  }

  const fs::path root_;
  const FileDescriptor inotify_;
  const FileDescriptor stop_;
  std::map<int, fs::path> folders_;  // by watch descriptor
  int root_descriptor_ = -1;
  int parent_descriptor_ = -1;
  int watch_error_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryWatch>> DirectoryWatch::Create(const fs::path& root) {
  auto watch = std::make_unique<InotifyWatch>(root);
  if (absl::Status status = watch->Start(); !status.ok()) return status;
  return watch;
}

}  // namespace nuncio::files
