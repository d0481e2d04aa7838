#include "nuncio/app/cluster_source.h"

#include "nuncio/app/cluster_metrics.h"
#include "nuncio/resource/secret_names.h"

namespace nuncio::app {
namespace {

kube::Selection SelectionOf(const RunOptions& options) {
  kube::Selection selection;
  if (options.single_namespace) selection.single_namespace = options.translate.ambassador_namespace;
  selection.label_selector = options.label_selector;
  selection.field_selector = options.field_selector;
  selection.secrets = {{options.translate.ambassador_namespace, resource::kFallbackSecret}};
  return selection;
}

}  // namespace

bool FollowsCluster(const RunOptions& options) { return options.manifests.empty(); }

absl::StatusOr<kube::ClientConfig> ClusterOf(const RunOptions& options, const Environment& environment) {
  std::string list = options.kubeconfig;
  if (list.empty()) {
    if (options.context.empty()) {
      absl::StatusOr<kube::ClientConfig> config = kube::InClusterConfig(environment);
      if (!absl::IsNotFound(config.status())) return config;
    }
    list = environment("KUBECONFIG").value_or("");
    if (list.empty() && options.context.empty()) {
      return absl::NotFoundError(
          "nothing to serve: name a folder with --manifests or a cluster with --kubeconfig; in a Pod its own cluster "
          "is followed");
    }
    if (list.empty()) list = environment("HOME").value_or("") + "/.kube/config";
  }
  return kube::ReadKubeconfig(kube::SplitKubeconfigPaths(list), options.context);
}

RunOptions InCluster(RunOptions options, const kube::ClientConfig& cluster, const Environment& environment) {
  const bool is_pod = options.kubeconfig.empty() && options.context.empty() && !cluster.ns.empty() &&
                      !environment("KUBERNETES_SERVICE_HOST").value_or("").empty();
  const bool is_told = !environment("AMBASSADOR_NAMESPACE").value_or("").empty() ||
                       options.translate.ambassador_namespace != translate::Options().ambassador_namespace;
  if (is_pod && !is_told) options.translate.ambassador_namespace = cluster.ns;
  using Services = translate::Options::Services;
  if (options.label_selector.empty() && options.field_selector.empty()) {
    options.translate.all_services = options.single_namespace ? Services::kOfAmbassadorNamespace : Services::kOfAll;
  }
  return options;
}

kube::WriterOptions WriterOf(const RunOptions& options, const kube::ClientConfig& cluster,
                             const Environment& environment, std::function<void(bool)> on_leading) {
  kube::WriterOptions writer;
  writer.pod_name = environment("POD_NAME").value_or("");
  writer.pod_uid = environment("POD_UID").value_or("");
  writer.enabled = !writer.pod_name.empty();
  writer.ns = cluster.ns.empty() ? options.translate.ambassador_namespace : cluster.ns;
  writer.ambassador_id = options.translate.ambassador_id;
  writer.on_leading = std::move(on_leading);
  return writer;
}

ClusterSource::ClusterSource(kube::ClientConfig config, const RunOptions& options, kube::WriterOptions writer,
                             diag::Health& health, std::function<void(Change)> on_change)
    : health_(health),
      on_change_(std::move(on_change)),
      source_(std::move(config), SelectionOf(options), std::move(writer), static_cast<kube::Source::Observer&>(*this)) {
}

void ClusterSource::OnSnapshot(kube::Mirror::Change change) {
  on_change_({std::move(change.snapshot), change.noticed});
}

std::string ClusterSource::Metrics() const { return MetricsText(source_.Report()); }

}  // namespace nuncio::app
