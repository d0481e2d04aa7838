#include "nuncio/app/work_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nuncio::app {
namespace {

namespace fs = std::filesystem;

mode_t Mode(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(WorkDirectoryTest, ATemporaryOneIsPrivateAndGoes) {
  std::string path;
  {
    absl::StatusOr<WorkDirectory> work = WorkDirectory::Open("");
    ASSERT_TRUE(work.ok()) << work.status();
    const WorkDirectory moved = *std::move(work);
    path = moved.path();
    EXPECT_EQ(Mode(path), 0700u);
    ASSERT_TRUE(WritePrivateFile(BootstrapFileIn(path), "{}").ok());
    EXPECT_EQ(Mode(BootstrapFileIn(path)), 0600u);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(WorkDirectoryTest, ANamedOneStays) {
  const std::string path = testing::TempDir() + "/nuncio-work-" + std::to_string(getpid());
  {
    const absl::StatusOr<WorkDirectory> work = WorkDirectory::Open(path);
    ASSERT_TRUE(work.ok()) << work.status();
    EXPECT_EQ(Mode(path), 0700u);
  }
  EXPECT_TRUE(fs::exists(path));
  fs::remove_all(path);
}

TEST(WorkDirectoryTest, APathTooLongForASocketIsRefusedAtOnce) {
  EXPECT_EQ(WorkDirectory::Open("/tmp/" + std::string(100, 'x')).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(WorkDirectoryTest, AFileIsReplacedAndALinkInItsPlaceIsNotFollowed) {
  const absl::StatusOr<WorkDirectory> work = WorkDirectory::Open("");
  ASSERT_TRUE(work.ok());
  const std::string victim = work->path() + "/victim", file = work->path() + "/file";
  std::ofstream(victim) << "untouched";
  fs::create_symlink(victim, file);
  ASSERT_TRUE(WritePrivateFile(file, "new").ok());
  EXPECT_FALSE(fs::is_symlink(file));
  std::string text;
  std::ifstream(victim) >> text;
  EXPECT_EQ(text, "untouched");
}

}  // namespace
}  // namespace nuncio::app
