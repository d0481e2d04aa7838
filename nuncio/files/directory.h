#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "nuncio/store/snapshot.h"

namespace nuncio::files {

// What changed below a directory. `everything` asks for a full scan (the kernel dropped events, a folder appeared or
// went).
struct Changes {
  std::set<std::filesystem::path> paths;
  bool everything = false;
};

// The objects in every .yaml, .yml and .json file below a folder, kept up to date file by file: a refresh costs what
// changed. Hidden files and folders ("..data" of a ConfigMap volume, editors' swap files) are not read through their
// own name. Not thread-safe.
//
// Invariant: a file that does not parse, and an object with field errors, leave what was read of them before in its
// place; a file that was never good contributes its problem only.
class ManifestDirectory {
 public:
  explicit ManifestDirectory(std::filesystem::path root);
  ~ManifestDirectory();

  void ReadAll();
  void Refresh(const Changes& changes);
  // The objects as they are now. The same file contents give an equal snapshot, in whatever order they were read.
  store::SnapshotPtr Snapshot() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nuncio::files
