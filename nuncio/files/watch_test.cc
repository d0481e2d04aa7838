#include "nuncio/files/watch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "nuncio/files/temp_folder.h"

namespace nuncio::files {
namespace {

namespace fs = std::filesystem;

// Every event of a change is in the kernel's queue before the call that makes it returns, so Next() finds it without
// waiting. After a change that must not be noticed, a marker file shows that nothing came before it.
class Watch : public testing::Test {
 protected:
  void Start() { Start(folder_.path()); }
  void Start(const fs::path& root) {
    auto created = DirectoryWatch::Create(root);
    ASSERT_TRUE(created.ok()) << created.status();
    watch_ = *std::move(created);
  }
  Changes Next() {
    std::optional<Changes> changes = watch_->Next();
    EXPECT_TRUE(changes.has_value());
    return changes.value_or(Changes());
  }
  void ExpectPaths(const std::set<fs::path>& want) {
    const Changes changes = Next();
    EXPECT_EQ(changes.paths, want);
    EXPECT_FALSE(changes.everything);
  }
  void ExpectNothing() {
    const fs::path marker = folder_.Write("marker.yaml", "x: 1\n");
    ExpectPaths({marker});
  }
  void ExpectEverything() { EXPECT_TRUE(Next().everything); }

  TempFolder folder_;
  std::unique_ptr<DirectoryWatch> watch_;
};

TEST_F(Watch, TellsOfWrittenFiles) {
  folder_.Write("sub/before.yaml", "a: 1\n");
  Start();
  const fs::path a = folder_.Write("a.yaml", "a: 1\n");
  const fs::path b = folder_.Write("sub/before.yaml", "a: 2\n");
  folder_.Write("notes.txt", "x");
  folder_.Write(".a.yaml.swp", "x");
  ExpectPaths({a, b});
}

TEST_F(Watch, WaitsForTheWriterToClose) {
  Start();
  const fs::path file = folder_ / "slow.yaml";
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(write(fd, "a: ", 3), 3);
  ExpectNothing();
  ASSERT_EQ(write(fd, "1\n", 2), 2);
  ExpectNothing();
  close(fd);
  ExpectPaths({file});
}

TEST_F(Watch, TellsOfRenames) {
  const fs::path a = folder_.Write("a.yaml", "a: 1\n");
  Start();
  fs::rename(folder_.Write(".a.yaml.tmp", "a: 2\n"), a);
  ExpectPaths({a});
  fs::rename(a, folder_ / "b.yaml");
  ExpectPaths({a, folder_ / "b.yaml"});
  fs::rename(folder_ / "b.yaml", folder_ / "b.off");
  ExpectPaths({folder_ / "b.yaml"});
}

TEST_F(Watch, TellsOfDeletedFilesAndNewLinks) {
  const fs::path a = folder_.Write("a.yaml", "a: 1\n");
  const fs::path text = folder_.Write("a.txt", "a: 1\n");
  Start();
  fs::remove(a);
  ExpectPaths({a});
  fs::create_symlink("a.txt", folder_ / "link.yaml");
  ExpectPaths({folder_ / "link.yaml"});
  fs::create_hard_link(text, folder_ / "hard.yaml");
  ExpectPaths({folder_ / "hard.yaml"});
}

TEST_F(Watch, FollowsFoldersThatComeAndGo) {
  Start();
  fs::create_directories(folder_ / "x/y");
  ExpectEverything();
  const fs::path c = folder_.Write("x/y/c.yaml", "c: 1\n");
  ExpectPaths({c});
  fs::rename(folder_ / "x", folder_ / "z");
  ExpectEverything();
  const fs::path moved = folder_.Write("z/y/c.yaml", "c: 2\n");
  ExpectPaths({moved});
  fs::remove_all(folder_ / "z");
  ExpectEverything();
  ExpectNothing();
  fs::create_directories(folder_ / ".git/objects");
  folder_.Write(".git/objects/o.yaml", "o: 1\n");
  ExpectNothing();
}

TEST_F(Watch, TellsOfTheSwapOfAConfigMapVolume) {
  folder_.Write("..v1/a.yaml", "a: 1\n");
  fs::create_symlink("..v1", folder_ / "..data");
  fs::create_symlink("..data/a.yaml", folder_ / "a.yaml");
  Start();
  folder_.Write("..v2/a.yaml", "a: 2\n");
  fs::create_symlink("..v2", folder_ / "..data_tmp");
  ExpectNothing();
  fs::rename(folder_ / "..data_tmp", folder_ / "..data");
  ExpectEverything();
}

TEST_F(Watch, FollowsLinkedFolders) {
  TempFolder other;
  Start();
  fs::create_directory_symlink(other.path(), folder_ / "link");
  ExpectEverything();
  other.Write("a.yaml", "a: 1\n");
  ExpectPaths({folder_ / "link/a.yaml"});
  fs::remove(folder_ / "link");
  ExpectEverything();
  other.Write("a.yaml", "a: 2\n");
  ExpectNothing();
}

TEST_F(Watch, OutlivesItsRoot) {
  fs::create_directory(folder_ / "root");
  Start(folder_ / "root");
  fs::rename(folder_ / "root", folder_ / "away");
  ExpectEverything();
  folder_.Write("away/a.yaml", "a: 1\n");
  folder_.Write("root/a.yaml", "a: 1\n");
  ExpectEverything();
  const fs::path a = folder_.Write("root/a.yaml", "a: 2\n");
  ExpectPaths({a});
  fs::remove_all(folder_ / "root");
  ExpectEverything();
  fs::create_directory(folder_ / "root");
  ExpectEverything();
  ExpectPaths({folder_.Write("root/b.yaml", "b: 1\n")});
}

TEST_F(Watch, FollowsARootThatIsALink) {
  folder_.Write("v1/a.yaml", "a: 1\n");
  folder_.Write("v2/a.yaml", "a: 2\n");
  fs::create_directory_symlink("v1", folder_ / "root");
  Start(folder_ / "root");
  fs::create_directory_symlink("v2", folder_ / "next");
  fs::rename(folder_ / "next", folder_ / "root");
  ExpectEverything();
  folder_.Write("v2/a.yaml", "a: 3\n");
  ExpectPaths({folder_ / "root/a.yaml"});
}

TEST_F(Watch, AsksForEverythingWhenTheKernelDroppedEvents) {
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  int most = 0;
  ASSERT_TRUE(limit >> most);
  if (most > 100'000) GTEST_SKIP() << "a queue of " << most << " events takes too long to fill";
  folder_.Write("a.yaml", "a\n");
  folder_.Write("b.yaml", "b\n");
  Start();
  // Two names in turn, because equal events next to each other become one.
  for (int i = 0; i <= most; ++i)
    close(open((folder_ / (i % 2 == 0 ? "a.yaml" : "b.yaml")).c_str(), O_WRONLY | O_CLOEXEC));
  ExpectEverything();
  ExpectNothing();
}

TEST_F(Watch, StopsFromAnotherThread) {
  Start();
  std::thread stopper([this] { watch_->Stop(); });
  EXPECT_FALSE(watch_->Next().has_value());
  stopper.join();
  folder_.Write("a.yaml", "a: 1\n");
  EXPECT_FALSE(watch_->Next().has_value());
}

TEST_F(Watch, NeedsAFolder) {
  EXPECT_EQ(DirectoryWatch::Create(folder_ / "absent").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(DirectoryWatch::Create(folder_.Write("f", "")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace nuncio::files
