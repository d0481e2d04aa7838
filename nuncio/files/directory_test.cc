#include "nuncio/files/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nuncio/base/text.h"
#include "nuncio/files/temp_folder.h"

namespace nuncio::files {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Mappings(const ManifestDirectory& directory) {
  std::vector<std::string> out;
  const store::SnapshotPtr snapshot = directory.Snapshot();
  for (const auto& mapping : snapshot->mappings) out.push_back(Cat(mapping->meta.name, " ", mapping->prefix));
  return out;
}

// "name-of-file:line code[ kept]"
std::vector<std::string> Problems(const ManifestDirectory& directory) {
  std::vector<std::string> out;
  const store::SnapshotPtr snapshot = directory.Snapshot();
  for (const auto& p : snapshot->problems) {
    out.push_back(Cat(fs::path(*p.source.file).filename().native(), ":", p.source.line, " ", p.code,
                      p.last_good_serves ? " kept" : ""));
  }
  return out;
}

TEST(ManifestDirectory, ReadsManifestsBelowAFolder) {
  TempFolder folder;
  folder.Write("b.yaml", MappingText("b", "/b") + MappingText("a", "/a"));
  folder.Write("deep/er/c.yml", MappingText("c", "/c"));
  folder.Write("d.json", R"({"apiVersion": "getambassador.io/v3alpha1", "kind": "Mapping",
                             "metadata": {"name": "d"}, "spec": {"prefix": "/d", "service": "s"}})");
  folder.Write("notes.txt", "not: [a manifest");
  folder.Write(".hidden.yaml", MappingText("h", "/h"));
  folder.Write(".git/x.yaml", MappingText("g", "/g"));
  folder.Write("empty.yaml", "");
  folder.Write("comment.yaml", "# nothing\n");
  fs::create_symlink(folder.path(), folder / "deep/cycle");
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  EXPECT_THAT(Mappings(directory), ElementsAre("a /a", "b /b", "c /c", "d /d"));
  EXPECT_THAT(Problems(directory), IsEmpty());
  EXPECT_EQ(directory.Snapshot()->mappings.Find({"default", "a"})->meta.source,
            (resource::Source{(folder / "b.yaml").native(), 9}));
}

TEST(ManifestDirectory, FollowsEachChange) {
  TempFolder folder;
  const fs::path a = folder.Write("a.yaml", MappingText("a", "/1"));
  const fs::path b = folder.Write("sub/b.yaml", MappingText("b", "/1"));
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  folder.Write("a.yaml", MappingText("a", "/2"));
  const fs::path c = folder.Write("c.yaml", MappingText("c", "/1"));
  directory.Refresh({{a, c, folder / "never.yaml", folder / ".x.yaml"}, false});
  EXPECT_THAT(Mappings(directory), ElementsAre("a /2", "b /1", "c /1"));
  fs::remove(a);
  directory.Refresh({{a}, false});
  EXPECT_THAT(Mappings(directory), ElementsAre("b /1", "c /1"));
  fs::remove_all(folder / "sub");
  directory.Refresh({{folder / "sub"}, false});
  EXPECT_THAT(Mappings(directory), ElementsAre("c /1"));
  folder.Write("new/d.yaml", MappingText("d", "/1"));
  directory.Refresh({{folder / "new"}, false});
  EXPECT_THAT(Mappings(directory), ElementsAre("c /1", "d /1"));
  fs::remove(c);
  directory.Refresh({{}, true});
  EXPECT_THAT(Mappings(directory), ElementsAre("d /1"));
}

TEST(ManifestDirectory, KeepsWhatABrokenFileHeld) {
  const struct {
    const char* name;
    std::string text;
    const char* problem;
  } kCases[] = {
      {"half a document", MappingText("a", "/2") + "---\nkind: [", "a.yaml:9 parse kept"},
      {"truncated", "", "a.yaml:1 parse kept"},
      {"blank", "\n \n", "a.yaml:1 parse kept"},
      {"not UTF-8", "a: \xff", "a.yaml:1 parse kept"},
      {"binary", std::string("\0\1\2", 3), "a.yaml:1 parse kept"},
      {"one object is wrong", MappingText("a", "[]"), "a.yaml:2 schema kept"},
      {"too large", std::string((16 << 20) + 1, ' '), "a.yaml:0 unreadable kept"},
  };
  for (const auto& [name, text, problem] : kCases) {
    TempFolder folder;
    const fs::path file = folder.Write("a.yaml", MappingText("a", "/1"));
    ManifestDirectory directory(folder.path());
    directory.ReadAll();
    folder.Write("a.yaml", text);
    directory.Refresh({{file}, false});
    EXPECT_THAT(Mappings(directory), ElementsAre("a /1")) << name;
    EXPECT_THAT(Problems(directory), ElementsAre(problem)) << name;
    directory.Refresh({{}, true});
    EXPECT_THAT(Problems(directory), ElementsAre(problem)) << name;
    folder.Write("a.yaml", MappingText("a", "/3"));
    directory.Refresh({{file}, false});
    EXPECT_THAT(Mappings(directory), ElementsAre("a /3")) << name;
    EXPECT_THAT(Problems(directory), IsEmpty()) << name;
  }
}

TEST(ManifestDirectory, ReportsWhatItCannotRead) {
  TempFolder folder;
  folder.Write("bad.yaml", "a: 1\nb: [\n");
  fs::create_symlink("nowhere", folder / "link.yaml");
  ASSERT_EQ(mkfifo((folder / "pipe.yaml").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder / "zero.yaml");
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  EXPECT_THAT(Problems(directory), ElementsAre("bad.yaml:3 parse", "link.yaml:0 unreadable", "pipe.yaml:0 unreadable",
                                               "zero.yaml:0 unreadable"));
  EXPECT_THAT(directory.Snapshot()->problems[0].error.message, HasSubstr("column 1"));
  fs::remove(folder / "link.yaml");
  fs::remove(folder / "pipe.yaml");
  directory.Refresh({{folder / "link.yaml"}, true});
  EXPECT_THAT(Problems(directory), ElementsAre("bad.yaml:3 parse", "zero.yaml:0 unreadable"));
}

TEST(ManifestDirectory, KeepsServingWhileTheFolderIsAway) {
  TempFolder folder;
  folder.Write("root/a.yaml", MappingText("a", "/1"));
  ManifestDirectory directory(folder / "root");
  directory.ReadAll();
  fs::rename(folder / "root", folder / "away");
  directory.Refresh({{}, true});
  EXPECT_THAT(Mappings(directory), ElementsAre("a /1"));
  EXPECT_THAT(Problems(directory), ElementsAre("root:0 unreadable"));
  folder.Write("root/b.yaml", MappingText("b", "/1"));
  directory.Refresh({{}, true});
  EXPECT_THAT(Mappings(directory), ElementsAre("b /1"));
  EXPECT_THAT(Problems(directory), IsEmpty());
}

TEST(ManifestDirectory, BoundsTheDepthOfFolders) {
  TempFolder folder;
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "d/";
  folder.Write(deep + "x.yaml", MappingText("x", "/x"));
  folder.Write("a.yaml", MappingText("a", "/a"));
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  EXPECT_THAT(Mappings(directory), ElementsAre("a /a"));
  EXPECT_THAT(Problems(directory), ElementsAre("d:0 unreadable"));
}

// The layout of a ConfigMap volume: each key is a link through ..data, which is swapped in one rename.
TEST(ManifestDirectory, ReadsAConfigMapVolumeOnce) {
  TempFolder folder;
  folder.Write("..v1/a.yaml", MappingText("a", "/1"));
  fs::create_symlink("..v1", folder / "..data");
  fs::create_symlink("..data/a.yaml", folder / "a.yaml");
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  EXPECT_THAT(Mappings(directory), ElementsAre("a /1"));
  EXPECT_THAT(Problems(directory), IsEmpty());
  folder.Write("..v2/a.yaml", MappingText("a", "/2"));
  fs::create_symlink("..v2", folder / "..data_tmp");
  fs::rename(folder / "..data_tmp", folder / "..data");
  directory.Refresh({{}, true});
  EXPECT_THAT(Mappings(directory), ElementsAre("a /2"));
}

TEST(ManifestDirectory, KeepsThePointersOfUnchangedObjects) {
  TempFolder folder;
  const fs::path a = folder.Write("a.yaml", MappingText("a", "/1"));
  folder.Write("b.yaml", MappingText("b", "/1"));
  ManifestDirectory directory(folder.path());
  directory.ReadAll();
  const store::SnapshotPtr before = directory.Snapshot();
  folder.Write("a.yaml", MappingText("a", "/2"));
  directory.Refresh({{}, true});
  const store::SnapshotPtr after = directory.Snapshot();
  EXPECT_EQ(before->mappings.Find({"default", "b"}), after->mappings.Find({"default", "b"}));
  EXPECT_NE(before->mappings.Find({"default", "a"}), after->mappings.Find({"default", "a"}));
}

}  // namespace
}  // namespace nuncio::files
