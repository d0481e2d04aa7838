#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "nuncio/diag/health.h"
#include "nuncio/files/watch.h"
#include "nuncio/store/snapshot.h"

namespace nuncio::app {

// A snapshot and the moment that its newest change was noticed.
struct Change {
  store::SnapshotPtr snapshot;
  std::chrono::steady_clock::time_point at;
};

// The thread that reads a folder and follows it. A folder that cannot be watched is tried again every second: that is a
// state to tell, not a reason to end. Start and end belong to one thread.
class ManifestSource {
 public:
  // `on_change` is called on the thread of the source, first with all that there is.
  ManifestSource(std::filesystem::path folder, diag::Health& health, std::function<void(Change)> on_change);
  ~ManifestSource();

 private:
  void Run();
  std::shared_ptr<files::DirectoryWatch> Open();
  void Tell(const std::string& problem);

  const std::filesystem::path folder_;
  diag::Health& health_;
  const std::function<void(Change)> on_change_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::shared_ptr<files::DirectoryWatch> watch_;
  std::string told_;  // of the thread alone
  std::thread thread_;
};

}  // namespace nuncio::app
