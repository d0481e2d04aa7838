#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/app/builder.h"
#include "nuncio/app/cluster_source.h"
#include "nuncio/app/envoy_follower.h"
#include "nuncio/app/manifest_source.h"
#include "nuncio/app/options.h"
#include "nuncio/app/settings.h"
#include "nuncio/app/status_keeper.h"
#include "nuncio/diag/health.h"
#include "nuncio/diag/health_server.h"
#include "nuncio/diag/metrics.h"
#include "nuncio/xds/cache.h"
#include "nuncio/xds/server.h"

namespace nuncio::app {

// Manifests, or the objects of an API server, in; ADS out. Owns the threads: the source's, the builder's, the
// follower's, those of gRPC and of the health port. It runs from Start to its end; the methods belong to one thread.
class ControlPlane {
 public:
  // `settings_descriptor` gets the Settings, in a line, whenever they change; -1: nobody wants them.
  // Errors: ADS cannot be served; it cannot be told which API server to follow. A health port that is taken is no
  // error: see OpenHealthPort.
  static absl::StatusOr<std::unique_ptr<ControlPlane>> Start(const RunOptions& options,
                                                             const std::string& work_directory,
                                                             int settings_descriptor);
  ~ControlPlane();

  // Listens for health checks if it does not yet. False when the port is taken: traffic matters more, so the caller
  // tries again.
  bool OpenHealthPort();
  // Not ready from here on, and the configuration stays as it is.
  void Drain();

 private:
  ControlPlane(const RunOptions& options, const std::string& work_directory, int settings_descriptor);
  absl::Status StartSource();
  void OnChange(Change change);
  StatusKeeper::Calls KeeperCalls();
  diag::Answer Answer(const std::string& path);

  RunOptions options_;
  const int settings_descriptor_;
  const EnvoyAdmin admin_;
  diag::Health health_;
  diag::Metrics metrics_;
  std::optional<Settings> told_;  // of the source's thread
  bool health_port_complained_ = false;

  // In the order in which each needs the ones before it.
  std::unique_ptr<xds::Cache> cache_;
  std::unique_ptr<StatusKeeper> keeper_;  // null: there is no cluster to tell
  std::unique_ptr<EnvoyFollower> follower_;
  std::unique_ptr<diag::HealthServer> health_server_;
  std::unique_ptr<xds::Server> server_;
  std::unique_ptr<Builder> builder_;
  // One of them.
  std::unique_ptr<ManifestSource> manifests_;
  std::mutex cluster_mutex_;  // others ask for its metrics and tell it statuses while it comes and goes
  std::unique_ptr<ClusterSource> cluster_;
};

}  // namespace nuncio::app
