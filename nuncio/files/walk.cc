#include "nuncio/files/walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include "nuncio/base/text.h"

namespace nuncio::files {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 32;
constexpr size_t kMostFolders = 10'000;
constexpr size_t kMostFiles = 100'000;

class Walker {
 public:
  explicit Walker(const std::function<void(const fs::path&)>& enter) : enter_(enter) {}

  void Folder(const fs::path& folder, int depth) {
    struct stat status;
    if (stat(folder.c_str(), &status) != 0) return Fault(folder, std::strerror(errno));
    if (!S_ISDIR(status.st_mode)) return Fault(folder, "is not a folder");
    if (!folders_.emplace(status.st_dev, status.st_ino).second) return;
    if (depth >= kDeepest) return Fault(folder, Cat("is nested deeper than ", kDeepest, " folders and is not read"));
    if (folders_.size() > kMostFolders)
      return Fault(folder, Cat("comes after ", kMostFolders, " folders and is not read"));
    if (enter_) enter_(folder);
    for (const fs::path& entry : Entries(folder)) {
      std::error_code error;
      if (fs::is_directory(entry, error)) {
        Folder(entry, depth + 1);
      } else if (IsManifest(entry)) {
        Manifest(entry);
      }
    }
  }

  WalkResult Take() && {
    std::sort(result_.manifests.begin(), result_.manifests.end());
    return std::move(result_);
  }

 private:
  // Sorted, so that a folder with two names is always read under the same one.
  std::vector<fs::path> Entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (!IsHidden(at->path())) entries.push_back(at->path());
    }
    if (error) Fault(folder, error.message());
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  void Manifest(const fs::path& file) {
    if (result_.manifests.size() == kMostFiles) Fault(file, Cat("comes after ", kMostFiles, " files and is not read"));
    if (result_.manifests.size() >= kMostFiles) return;
    result_.manifests.push_back(file);
  }

  void Fault(const fs::path& path, std::string message) { result_.faults.push_back({path, std::move(message)}); }

  const std::function<void(const fs::path&)>& enter_;
  std::set<std::pair<dev_t, ino_t>> folders_;
  WalkResult result_;
};

}  // namespace

bool IsHidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

bool IsManifest(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

WalkResult Walk(const fs::path& folder, const std::function<void(const fs::path&)>& enter) {
  Walker walker(enter);
  walker.Folder(folder, 0);
  return std::move(walker).Take();
}

}  // namespace nuncio::files
