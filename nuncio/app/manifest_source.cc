#include "nuncio/app/manifest_source.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

constexpr std::chrono::seconds kTryAgain{1};

using Clock = std::chrono::steady_clock;
using Work = diag::Health::Work;
constexpr auto kSource = diag::Health::Worker::kSource;

}  // namespace

ManifestSource::ManifestSource(std::filesystem::path folder, diag::Health& health,
                               std::function<void(Change)> on_change)
    : folder_(std::move(folder)), health_(health), on_change_(std::move(on_change)), thread_([this] { Run(); }) {}

ManifestSource::~ManifestSource() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    if (watch_ != nullptr) watch_->Stop();
  }
  stop_.notify_all();
  thread_.join();
}

void ManifestSource::Tell(const std::string& problem) {
  health_.OnSourceProblem(problem);
  if (problem != std::exchange(told_, problem) && !problem.empty()) {
    log::Error(absl::StrCat("the manifests cannot be followed: ", problem, "; trying again every second"));
  }
}

// Null after the stop.
std::shared_ptr<files::DirectoryWatch> ManifestSource::Open() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    lock.unlock();
    auto watch = files::DirectoryWatch::Create(folder_);
    Tell(watch.ok() ? "" : std::string(watch.status().message()));
    lock.lock();
    if (stopped_) break;
    if (watch.ok()) return watch_ = *std::move(watch);
    stop_.wait_for(lock, kTryAgain, [this] { return stopped_; });
  }
  return nullptr;
}

void ManifestSource::Run() {
  const std::shared_ptr<files::DirectoryWatch> watch = Open();
  if (watch == nullptr) return;
  files::ManifestDirectory directory(folder_);
  {
    const Work work(health_, kSource);
    const Clock::time_point start = Clock::now();
    directory.ReadAll();
    on_change_({directory.Snapshot(), start});
  }
  while (const std::optional<files::Changes> changes = watch->Next()) {
    const Work work(health_, kSource);
    const Clock::time_point noticed = Clock::now();
    directory.Refresh(*changes);
    on_change_({directory.Snapshot(), noticed});
  }
}

}  // namespace nuncio::app
