#include "nuncio/app/manifest_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>

namespace nuncio::app {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr std::chrono::seconds kPatience{60};

constexpr char kMapping[] = R"(
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: quote}
spec: {hostname: "*", prefix: /quote/, service: quote}
)";

// What a source told, for a test to wait for.
class Changes {
 public:
  void Add(Change change) {
    std::lock_guard lock(mutex_);
    changes_.push_back(std::move(change));
    added_.notify_all();
  }
  // Waits for a snapshot with this many Mappings.
  bool HasMappings(size_t count) {
    std::unique_lock lock(mutex_);
    return added_.wait_for(lock, kPatience,
                           [&] { return !changes_.empty() && changes_.back().snapshot->mappings.size() == count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<Change> changes_;
};

class ManifestSourceTest : public testing::Test {
 protected:
  ManifestSourceTest() {
    std::string name = testing::TempDir() + "nuncio-source-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~ManifestSourceTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  diag::Health health_{[] { return true; }};
  Changes changes_;
};

TEST_F(ManifestSourceTest, TellsWhatThereIsAndThenWhatChanges) {
  std::ofstream(root_ / "a.yaml") << kMapping;
  const auto start = std::chrono::steady_clock::now();
  ManifestSource source(root_, health_, [&](Change change) {
    EXPECT_GE(change.at, start);
    changes_.Add(std::move(change));
  });
  EXPECT_TRUE(changes_.HasMappings(1));
  std::filesystem::remove(root_ / "a.yaml");
  EXPECT_TRUE(changes_.HasMappings(0));
}

TEST_F(ManifestSourceTest, AFolderThatIsNotThereIsToldAndWaitedFor) {
  const std::filesystem::path folder = root_ / "later";
  {
    ManifestSource never(folder, health_, [&](Change change) { changes_.Add(std::move(change)); });
  }
  ManifestSource source(folder, health_, [&](Change change) { changes_.Add(std::move(change)); });
  while (!health_.Unready()->ends_with("is not a folder")) std::this_thread::yield();
  std::filesystem::create_directory(folder);
  std::ofstream(root_ / "a") << kMapping;
  std::filesystem::rename(root_ / "a", folder / "a.yaml");
  EXPECT_TRUE(changes_.HasMappings(1));
  EXPECT_THAT(health_.Unready(), Optional(HasSubstr("being read"))) << "the problem is over";
}

}  // namespace
}  // namespace nuncio::app
