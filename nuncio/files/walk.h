#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace nuncio::files {

// Which names below a folder matter, decided here once for reading and watching.

// ".git", "..data", an editor's ".a.yaml.swp".
bool IsHidden(const std::filesystem::path& path);
// By its extension: .yaml, .yml, .json.
bool IsManifest(const std::filesystem::path& path);

struct WalkFault {
  std::filesystem::path path;
  std::string message;
};
struct WalkResult {
  std::vector<std::filesystem::path> manifests;  // sorted
  std::vector<WalkFault> faults;                 // folders that could not be read, in part or at all
};

// Every manifest below a folder. Hidden entries are left out, symbolic links are followed, a folder that is reached
// twice is read once. At most 32 levels, 10,000 folders and 100,000 files. `enter` is called for each folder before it
// is read.
WalkResult Walk(const std::filesystem::path& folder,
                const std::function<void(const std::filesystem::path&)>& enter = {});

}  // namespace nuncio::files
