#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nuncio/app/manifest_source.h"
#include "nuncio/app/options.h"
#include "nuncio/diag/health.h"
#include "nuncio/kube/source.h"

namespace nuncio::app {

// Whether an API server is to be followed, rather than a folder.
bool FollowsCluster(const RunOptions& options);

// Which API server: of --kubeconfig and --context, where KUBECONFIG (or ~/.kube/config) says, or the Pod's own. Errors:
// there is none, or it cannot be told.
absl::StatusOr<kube::ClientConfig> ClusterOf(const RunOptions& options, const Environment& environment);

// The options as they are in that cluster: a Pod whose AMBASSADOR_NAMESPACE is not set is in the namespace of its
// service account; of what is read without a selector, all is known.
RunOptions InCluster(RunOptions options, const kube::ClientConfig& cluster, const Environment& environment);

// Who writes status and Events into the cluster: a Pod (POD_NAME, POD_UID), by a Lease in its own namespace. What runs
// outside, for a look, writes nothing. `on_leading` is called on the thread of the source.
kube::WriterOptions WriterOf(const RunOptions& options, const kube::ClientConfig& cluster,
                             const Environment& environment, std::function<void(bool)> on_leading);

// An API server as the source: kube::Source, told to Health. Start and end belong to one thread.
class ClusterSource final : private kube::Source::Observer {
 public:
  // `on_change` is called on the thread of the source, first with all that there is.
  ClusterSource(kube::ClientConfig config, const RunOptions& options, kube::WriterOptions writer, diag::Health& health,
                std::function<void(Change)> on_change);
  ~ClusterSource() override { Release(); }

  // As those of kube::Source.
  void Compete() { source_.Compete(); }
  void SetStatuses(std::vector<status::ObjectStatus> wanted) { source_.SetStatuses(std::move(wanted)); }
  void Release() { source_.Release(); }

  // For /metrics, in the text exposition format. From any thread.
  std::string Metrics() const;

 private:
  void OnSnapshot(kube::Mirror::Change change) override;
  void OnWaiting(const std::string& what) override { health_.OnSourceProblem(what); }
  void OnBusy() override { work_.emplace(health_, diag::Health::Worker::kSource); }
  void OnIdle() override { work_.reset(); }

  diag::Health& health_;
  const std::function<void(Change)> on_change_;
  std::optional<diag::Health::Work> work_;  // of the source's thread
  kube::Source source_;                     // last: its thread uses the others
};

}  // namespace nuncio::app
