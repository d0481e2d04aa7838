#include "nuncio/app/memory_limit.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

namespace nuncio::app {
namespace {

namespace fs = std::filesystem;

constexpr char kV2[] = "30 20 0:26 / /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr char kV1[] = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
constexpr char kV1Part[] = "35 31 0:32 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
constexpr char kOther[] =
    "21 20 0:20 / /sys rw - sysfs sysfs rw\n33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";

struct Case {
  const char* name;
  std::string mounts;
  const char* groups;
  std::map<std::string, std::string> files;  // below sys/fs/cgroup
  std::optional<uint64_t> want;
};

std::optional<uint64_t> LimitOf(const Case& c) {
  std::string pattern = testing::TempDir() + "/limit-XXXXXX";
  const fs::path root = mkdtemp(pattern.data());
  fs::create_directories(root / "proc/self");
  std::ofstream(root / "proc/self/mountinfo") << kOther << c.mounts;
  std::ofstream(root / "proc/self/cgroup") << c.groups;
  for (const auto& [file, text] : c.files) {
    const fs::path path = root / "sys/fs/cgroup" / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  const std::optional<uint64_t> limit = MemoryLimit(root);
  fs::remove_all(root);
  return limit;
}

TEST(MemoryLimitTest, TheLeastFromTheGroupUpCounts) {
  const Case kCases[] = {
      {"no group at all", "", "", {}, std::nullopt},
      {"a container of version 2", kV2, "0::/\n", {{"memory.max", "1000"}}, 1000},
      {"version 2 without a limit", kV2, "0::/\n", {{"memory.max", "max"}}, std::nullopt},
      {"version 2 without the file", kV2, "0::/a\n", {}, std::nullopt},
      {"the group's own is less",
       kV2,
       "0::/a/b\n",
       {{"memory.max", "900"}, {"a/memory.max", "3000"}, {"a/b/memory.max", "500"}},
       500},
      {"an outer one is less", kV2, "0::/a/b\n", {{"a/memory.max", "300"}, {"a/b/memory.max", "max"}}, 300},
      {"another group's is none of ours", kV2, "0::/a\n", {{"a/memory.max", "300"}, {"b/memory.max", "1"}}, 300},
      {"outside of what the mount shows", kV2, "0::/../x\n", {{"memory.max", "700"}, {"x/memory.max", "1"}}, 700},
      {"version 1",
       kV1,
       "4:cpu:/a\n3:hugetlb,memory:/b\n",
       {{"memory/b/memory.limit_in_bytes", "2000"}, {"memory/a/memory.limit_in_bytes", "1"}},
       2000},
      {"version 1 without a limit",
       kV1,
       "3:memory:/\n",
       {{"memory/memory.limit_in_bytes", "9223372036854771712"}},
       std::nullopt},
      {"a container of version 1", kV1Part, "3:memory:/docker/ab\n", {{"memory/memory.limit_in_bytes", "800"}}, 800},
      {"a group in a container of version 1",
       kV1Part,
       "3:memory:/docker/ab/c\n",
       {{"memory/memory.limit_in_bytes", "800"}, {"memory/c/memory.limit_in_bytes", "80"}},
       80},
      {"both versions",
       std::string(kV1) + kV2,
       "3:memory:/a\n0::/b\n",
       {{"memory/a/memory.limit_in_bytes", "70"}, {"b/memory.max", "60"}},
       60},
      {"not a number", kV2, "0::/\n", {{"memory.max", "lots"}}, std::nullopt},
  };
  for (const Case& c : kCases) EXPECT_EQ(LimitOf(c), c.want) << c.name;
}

TEST(MemoryLimitTest, SomeOfItIsLeftForTheRest) { EXPECT_EQ(HeapWithin(uint64_t{1} << 30), 858'993'456u); }

}  // namespace
}  // namespace nuncio::app
