#include "nuncio/apiext/run.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <thread>

#include "nuncio/apiext/keeper.h"
#include "nuncio/apiext/serving.h"
#include "nuncio/apiext/webhook_server.h"
#include "nuncio/base/log.h"
#include "nuncio/base/text.h"
#include "nuncio/base/version.h"
#include "nuncio/diag/health_server.h"
#include "nuncio/kube/curl_loop.h"

namespace nuncio::apiext {
namespace {

int64_t WallClock() { return static_cast<int64_t>(time(nullptr)); }

absl::StatusOr<kube::ClientConfig> ClusterOf(const RunOptions& options, const kube::ReadVariable& variable) {
  std::string list = options.kubeconfig;
  if (list.empty() && options.context.empty()) {
    absl::StatusOr<kube::ClientConfig> config = kube::InClusterConfig(variable);
    if (!absl::IsNotFound(config.status())) return config;
  }
  if (list.empty()) list = variable("KUBECONFIG").value_or("");
  if (list.empty()) list = Cat(variable("HOME").value_or(""), "/.kube/config");
  return kube::ReadKubeconfig(kube::SplitKubeconfigPaths(list), options.context);
}

KeeperOptions KeeperOptionsOf(const RunOptions& options, const kube::ClientConfig& cluster,
                              const kube::ReadVariable& variable) {
  KeeperOptions keeper;
  keeper.ns = variable("POD_NAMESPACE").value_or("");
  if (keeper.ns.empty()) keeper.ns = cluster.ns;
  if (keeper.ns.empty()) keeper.ns = "emissary-system";
  keeper.service = options.service;
  keeper.label_selector = options.label_selector;
  keeper.keeps_authority = variable("DISABLE_CA_MANAGEMENT").value_or("").empty();
  keeper.keeps_definitions = variable("DISABLE_CRD_MANAGEMENT").value_or("").empty();
  keeper.wall_clock = WallClock;
  return keeper;
}

diag::Answer Probe(const std::string& path, bool ready) {
  if (path == "/probes/live") return {200, "text/plain", "alive\n"};
  if (path != "/probes/ready") return {};
  if (ready) return {200, "text/plain", "ready\n"};
  return {500, "text/plain",
          "not every CustomResourceDefinition names the webhook's authority yet; the log says why\n"};
}

int Fail(const absl::Status& status) {
  log::Error(std::string(status.message()));
  return 1;
}

sigset_t Ends() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Blocks until the end, which a second signal brings at once.
void WaitForEnd(const sigset_t& signals, std::chrono::milliseconds drain_time) {
  int signal = 0;
  sigwait(&signals, &signal);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(drain_time);
  log::Info(Cat("conversions are answered for another ", seconds.count(),
                " s: whoever asks for them has yet to hear of the end"));
  timespec left{};
  left.tv_sec = seconds.count();
  left.tv_nsec = std::chrono::nanoseconds(drain_time - seconds).count();
  sigtimedwait(&signals, nullptr, &left);
}

}  // namespace

int Run(const RunOptions& options, const kube::ReadVariable& variable) {
  // Before there is a second thread, so that none takes them.
  const sigset_t signals = Ends();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const absl::StatusOr<kube::ClientConfig> cluster = ClusterOf(options, variable);
  if (!cluster.ok()) return Fail(cluster.status());
  std::atomic<bool> ready = false;
  diag::ListenAddress address;
  address.port = options.probe_port;
  const auto probes =
      diag::HealthServer::Start(address, [&ready](const std::string& path) { return Probe(path, ready); });
  if (!probes.ok()) return Fail(probes.status());
  address.port = options.webhook_port;
  const auto webhook = WebhookServer::Start(address);
  if (!webhook.ok()) return Fail(webhook.status());
  log::Info(Cat("conversions on port ", (*webhook)->port(), ", probes on port ", (*probes)->port()));

  kube::CurlLoop loop(*cluster, Cat("nuncio/", kVersion, " apiext"));
  const KeeperOptions wanted = KeeperOptionsOf(options, *cluster, variable);
  Serving serving(loop, NamesOf(wanted.service, wanted.ns), WallClock, **webhook);
  Keeper keeper(loop, wanted, [&serving](const Pair& authority) { serving.Use(authority); });
  std::thread thread([&] {
    keeper.Start();
    loop.Run([] {}, [&] { ready = keeper.ready(); });
  });
  WaitForEnd(signals, options.drain_time);
  loop.Stop();
  thread.join();
  return 0;
}

}  // namespace nuncio::apiext
