#include "nuncio/app/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace nuncio::app {
namespace {

namespace fs = std::filesystem;

// Version 1 says "no limit" with the greatest number of whole pages.
constexpr uint64_t kNoLimit = uint64_t{1} << 62;

std::vector<std::string> Lines(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::optional<uint64_t> Number(const fs::path& file) {
  const std::vector<std::string> lines = Lines(file);
  uint64_t number = 0;
  if (lines.empty() || !absl::SimpleAtoi(lines[0], &number) || number >= kNoLimit) return std::nullopt;
  return number;
}

bool Holds(const std::string& list, const std::string& word) {
  const std::vector<std::string> words = absl::StrSplit(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The group that this process is in, "" when in none. Lines are "<number>:<controllers>:<path>"; version 2 names none.
std::string GroupOf(const fs::path& root, bool version2) {
  for (const std::string& line : Lines(root / "proc/self/cgroup")) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() == 3 && (version2 ? parts[1].empty() : Holds(parts[1], "memory"))) return parts[2];
  }
  return "";
}

// A hierarchy as it is mounted here.
struct Mount {
  bool version2 = false;
  fs::path group;  // that the folder shows: "/" unless a container sees a part only
  fs::path folder;
};

// See proc(5), "mountinfo".
std::vector<Mount> Mounts(const fs::path& root) {
  std::vector<Mount> mounts;
  for (const std::string& line : Lines(root / "proc/self/mountinfo")) {
    const std::vector<std::string> halves = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    if (halves.size() != 2) continue;
    const std::vector<std::string> place = absl::StrSplit(halves[0], ' ');
    const std::vector<std::string> system = absl::StrSplit(halves[1], ' ');
    if (place.size() < 5 || system.size() < 3) continue;
    const bool version2 = system[0] == "cgroup2";
    if (version2 || (system[0] == "cgroup" && Holds(system[2], "memory"))) {
      mounts.push_back({version2, place[3], place[4]});
    }
  }
  return mounts;
}

// The folder of the process's group, or the mount's own when it does not show that group.
fs::path FolderOf(const fs::path& root, const Mount& mount) {
  const fs::path top = root / mount.folder.relative_path();
  const fs::path below = fs::path(GroupOf(root, mount.version2)).lexically_relative(mount.group);
  const bool shown = !below.empty() && *below.begin() != "..";
  return (shown ? top / below : top).lexically_normal();
}

}  // namespace

std::optional<uint64_t> MemoryLimit(const fs::path& root) {
  std::optional<uint64_t> least;
  for (const Mount& mount : Mounts(root)) {
    const fs::path top = (root / mount.folder.relative_path()).lexically_normal();
    const char* file = mount.version2 ? "memory.max" : "memory.limit_in_bytes";
    for (fs::path folder = FolderOf(root, mount);; folder = folder.parent_path()) {
      if (const std::optional<uint64_t> limit = Number(folder / file)) least = std::min(least.value_or(*limit), *limit);
      if (folder.native().size() <= top.native().size()) break;
    }
  }
  return least;
}

uint64_t HeapWithin(uint64_t limit) { return limit / 5 * 4; }

}  // namespace nuncio::app
