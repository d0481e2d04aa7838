#include "nuncio/files/directory.h"

#include <string>
#include <utility>
#include <vector>

#include "nuncio/base/digest.h"
#include "nuncio/base/text.h"
#include "nuncio/files/manifest_file.h"
#include "nuncio/files/walk.h"
#include "nuncio/resource/decode.h"
#include "nuncio/store/problem_code.h"
#include "nuncio/store/store.h"

namespace nuncio::files {
namespace {

namespace fs = std::filesystem;
namespace problem = store::problem;

store::SourceProblem Fault(const std::string& file, int line, std::string_view code, std::string message) {
  return {"", {}, {file, line}, {FieldErrors::Weight::kError, "", std::move(message)}, false, std::string(code)};
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool IsBelow(const std::string& path, const fs::path& folder) {
  const std::string prefix = (folder / "").native();
  return path == folder.native() || path.starts_with(prefix);
}

}  // namespace

struct ManifestDirectory::State {
  void Scan();
  void Read(const fs::path& path);
  void Take(const std::string& file, const std::string& text);
  void Remove(const std::string& file);
  void RemoveBelow(const fs::path& path);
  bool IsHiddenBelowRoot(const fs::path& path) const;

  fs::path root;
  store::Store store;
  std::map<std::string, std::string> digests;  // of each file's bytes as they were read last; empty: unreadable
  std::set<std::string> faulty_folders;
};

// What a walk did not find is gone, unless it is in a folder that could not be read: a disk that is away, or
// permissions in the middle of a change, are no reason to stop serving.
void ManifestDirectory::State::Scan() {
  const WalkResult walk = Walk(root);
  for (const std::string& folder : std::exchange(faulty_folders, {})) store.RemoveFile(folder);
  std::set<std::string> found;
  for (const fs::path& path : walk.manifests) {
    found.insert(path.native());
    Read(path);
  }
  std::vector<std::string> gone;
  for (const auto& [file, digest] : digests) {
    bool kept = found.contains(file);
    for (const WalkFault& fault : walk.faults) kept = kept || IsBelow(file, fault.path);
    if (!kept) gone.push_back(file);
  }
  for (const std::string& file : gone) Remove(file);
  for (const WalkFault& fault : walk.faults) {
    const std::string& folder = fault.path.native();
    store.PutFault(folder, Fault(folder, 0, problem::kUnreadable, Cat("cannot be read: ", fault.message)));
    faulty_folders.insert(folder);
  }
}

void ManifestDirectory::State::Read(const fs::path& path) {
  const std::string& file = path.native();
  const absl::StatusOr<std::string> text = ReadManifest(path);
  if (absl::IsNotFound(text.status())) return Remove(file);
  if (!text.ok()) {
    digests[file].clear();
    return store.PutFault(
        file, Fault(file, 0, problem::kUnreadable, Cat("cannot be read: ", std::string(text.status().message()))));
  }
  std::string digest = Digest(*text);
  std::string& known = digests[file];
  if (known == digest) return;
  known = std::move(digest);
  Take(file, *text);
}

void ManifestDirectory::State::Take(const std::string& file, const std::string& text) {
  // A file that was just truncated, by an editor or by ">", is empty for a moment.
  if (IsBlank(text) && store.HoldsObjects(file)) {
    return store.PutFault(
        file, Fault(file, 1, problem::kParse,
                    "is empty now, so the objects that it held still serve; delete the file to remove them"));
  }
  const YamlStream stream = ParseManifest(file, text);
  if (stream.error) {
    const std::string column = stream.error->column > 0 ? Cat("column ", stream.error->column, ": ") : "";
    return store.PutFault(file, Fault(file, stream.error->line, problem::kParse, Cat(column, stream.error->message)));
  }
  std::vector<resource::Decoded> objects;
  for (const YamlDocument& document : stream.documents) {
    for (resource::Decoded& object : resource::Decode(document, file)) objects.push_back(std::move(object));
  }
  store.PutFile(file, std::move(objects));
}

void ManifestDirectory::State::Remove(const std::string& file) {
  if (digests.erase(file) > 0) store.RemoveFile(file);
}

void ManifestDirectory::State::RemoveBelow(const fs::path& path) {
  std::vector<std::string> gone;
  for (auto at = digests.lower_bound(path.native()); at != digests.end() && at->first.starts_with(path.native());
       ++at) {
    if (IsBelow(at->first, path)) gone.push_back(at->first);
  }
  for (const std::string& file : gone) Remove(file);
}

bool ManifestDirectory::State::IsHiddenBelowRoot(const fs::path& path) const {
  for (const fs::path& part : path.lexically_relative(root)) {
    if (IsHidden(part)) return true;
  }
  return false;
}

ManifestDirectory::ManifestDirectory(fs::path root) : state_(std::make_unique<State>()) {
  state_->root = std::move(root);
}
ManifestDirectory::~ManifestDirectory() = default;

void ManifestDirectory::ReadAll() { state_->Scan(); }

void ManifestDirectory::Refresh(const Changes& changes) {
  bool everything = changes.everything;
  for (const fs::path& path : changes.paths) {
    std::error_code error;
    everything = everything || fs::is_directory(path, error);
  }
  if (everything) return state_->Scan();
  for (const fs::path& path : changes.paths) {
    if (state_->IsHiddenBelowRoot(path)) continue;
    std::error_code error;
    if (!fs::exists(fs::symlink_status(path, error))) {
      state_->RemoveBelow(path);
    } else if (IsManifest(path)) {
      state_->Read(path);
    }
  }
}

store::SnapshotPtr ManifestDirectory::Snapshot() const { return state_->store.Snapshot(); }

}  // namespace nuncio::files
