#include "nuncio/app/control_plane.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nuncio/app/control_plane_environment.h"
#include "nuncio/app/run.h"
#include "nuncio/app/work_directory.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

std::string HostAndPort(const std::string& address, uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return absl::StrCat(v6 ? "[" : "", address, v6 ? "]" : "", ":", port);
}

// What the internal probe Mappings of Emissary lead to.
std::string DiagnosticsService(const diag::ListenAddress& health, uint16_t port) {
  if (!health.all()) return HostAndPort(health.address, port);
  return HostAndPort(health.family == diag::IpFamily::kIpv6Only ? "::1" : "127.0.0.1", port);
}

diag::Answer TextAnswer(bool good, const std::string& text) { return {good ? 200 : 503, "text/plain", text + "\n"}; }

sigset_t Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

// One heap, and large blocks given back at once: the threads hand values to each other, so that heaps of their own
// would each keep room for the same things. REQUIRES: no second thread yet.
void KeepMemoryTogether() {
  constexpr int kLargeBytes = 64 << 10;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
}

}  // namespace

ControlPlane::ControlPlane(const RunOptions& options, const std::string& work_directory, int settings_descriptor)
    : options_(options),
      settings_descriptor_(settings_descriptor),
      admin_(AdminAddressFileIn(work_directory)),
      health_([this] { return admin_.Ready(); }),
      cache_(std::make_unique<xds::Cache>([this](const xds::Progress& progress) {
        metrics_.OnProgress(progress, std::chrono::steady_clock::now());
        follower_->OnProgress();
        if (keeper_ != nullptr) keeper_->OnProgress();
      })),
      keeper_(FollowsCluster(options_) ? std::make_unique<StatusKeeper>(options_.translate.ambassador_id, KeeperCalls())
                                       : nullptr),
      follower_(std::make_unique<EnvoyFollower>(admin_, *cache_, health_)) {}

ControlPlane::~ControlPlane() {
  std::unique_lock lock(cluster_mutex_);
  const std::unique_ptr<ClusterSource> ending = std::move(cluster_);
  lock.unlock();
}

absl::StatusOr<std::unique_ptr<ControlPlane>> ControlPlane::Start(const RunOptions& options,
                                                                  const std::string& work_directory,
                                                                  int settings_descriptor) {
  std::unique_ptr<ControlPlane> plane(new ControlPlane(options, work_directory, settings_descriptor));
  auto server = xds::Server::Start(*plane->cache_, AdsSocketIn(work_directory));
  if (!server.ok()) return server.status();
  plane->server_ = *std::move(server);

  plane->OpenHealthPort();
  if (const absl::Status status = plane->StartSource(); !status.ok()) return status;
  return plane;
}

absl::Status ControlPlane::StartSource() {
  absl::StatusOr<kube::ClientConfig> cluster;
  if (FollowsCluster(options_)) {
    cluster = ClusterOf(options_, ProcessEnvironment);
    if (!cluster.ok()) return cluster.status();
    options_ = InCluster(options_, *cluster, ProcessEnvironment);
  }
  translate::Options translate = options_.translate;
  const uint16_t port = health_server_ == nullptr ? options_.health.port : health_server_->port();
  translate.diagnostics_service = DiagnosticsService(options_.health, port);
  builder_ = std::make_unique<Builder>(translate, *cache_, metrics_, health_, SystemClock(),
                                       [this](const pipeline::GenerationPtr& generation) {
                                         if (keeper_ != nullptr) keeper_->OnGeneration(generation);
                                       });
  const auto on_change = [this](Change change) { OnChange(std::move(change)); };
  if (FollowsCluster(options_)) {
    kube::WriterOptions writer =
        WriterOf(options_, *cluster, ProcessEnvironment, [this](bool leading) { keeper_->OnLeading(leading); });
    auto source = std::make_unique<ClusterSource>(*std::move(cluster), options_, std::move(writer), health_, on_change);
    std::lock_guard lock(cluster_mutex_);
    cluster_ = std::move(source);
  } else {
    manifests_ = std::make_unique<ManifestSource>(options_.manifests, health_, on_change);
  }
  return absl::OkStatus();
}

bool ControlPlane::OpenHealthPort() {
  if (health_server_ != nullptr) return true;
  auto server = diag::HealthServer::Start(options_.health, [this](const std::string& path) { return Answer(path); });
  if (!server.ok()) {
    if (!std::exchange(health_port_complained_, true)) {
      log::Error(
          absl::StrCat("no health checks and metrics: ", server.status().message(), "; trying again every second"));
    }
    return false;
  }
  health_server_ = *std::move(server);
  log::Info(absl::StrCat("health checks and metrics on http://",
                         HostAndPort(options_.health.address, health_server_->port())));
  return true;
}

void ControlPlane::Drain() {
  health_.OnDrain();
  builder_->Close();
  // What it would tell from here on is old: another replica is to do so.
  std::lock_guard lock(cluster_mutex_);
  if (cluster_ != nullptr) cluster_->Release();
}

StatusKeeper::Calls ControlPlane::KeeperCalls() {
  return {[this] { return cache_->progress(); },
          [this] {
            std::lock_guard lock(cluster_mutex_);
            if (cluster_ != nullptr) cluster_->Compete();
          },
          [this](std::vector<status::ObjectStatus> wanted) {
            std::lock_guard lock(cluster_mutex_);
            if (cluster_ != nullptr) cluster_->SetStatuses(std::move(wanted));
          }};
}

void ControlPlane::OnChange(Change change) {
  const Settings settings = SettingsOf(*change.snapshot, options_.translate.ambassador_id);
  if (told_ != settings && settings_descriptor_ >= 0) {
    const std::string line = ToLine(settings) + "\n";
    // Shorter than PIPE_BUF: whole or not at all. A parent that is gone takes this process with it.
    if (write(settings_descriptor_, line.data(), line.size()) < 0) log::Warning("the settings could not be told");
    told_ = settings;
  }
  builder_->Put(std::move(change));
}

diag::Answer ControlPlane::Answer(const std::string& path) {
  if (path == "/ambassador/v0/check_alive") {
    const std::optional<std::string> dead = health_.Dead(std::chrono::steady_clock::now());
    return TextAnswer(!dead.has_value(), dead.value_or("alive"));
  }
  if (path == "/ambassador/v0/check_ready") {
    const std::optional<std::string> unready = health_.Unready();
    return TextAnswer(!unready.has_value(), unready.has_value() ? "not ready: " + *unready : "ready");
  }
  if (path == "/metrics") {
    std::string text = metrics_.Text(cache_->progress());
    std::lock_guard lock(cluster_mutex_);
    if (cluster_ != nullptr) text += cluster_->Metrics();
    return {200, "text/plain; version=0.0.4; charset=utf-8", text};
  }
  return {404, "text/plain", "there is /ambassador/v0/check_alive, /ambassador/v0/check_ready and /metrics\n"};
}

int RunControlPlane(const RunOptions& options) {
  prctl(PR_SET_NAME, "nuncio");  // it was started as /proc/self/exe, and ps and top say "exe"
  KeepMemoryTogether();
  // Before there is a second thread, so that none takes them.
  const sigset_t signals = Signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  int settings_descriptor = -1;
  if (!absl::SimpleAtoi(ProcessEnvironment(kSettingsVariable).value_or("-1"), &settings_descriptor)) return 2;
  const std::string directory = ProcessEnvironment(kWorkDirectoryVariable).value_or(options.work_directory);
  const absl::StatusOr<std::unique_ptr<ControlPlane>> plane =
      ControlPlane::Start(options, directory, settings_descriptor);
  if (!plane.ok()) {
    log::Error(absl::StrCat("the control plane cannot start: ", plane.status().message()));
    return 1;
  }
  while (true) {
    const timespec second = {1, 0};
    const bool settled = (*plane)->OpenHealthPort();
    const int signal = settled ? sigwaitinfo(&signals, nullptr) : sigtimedwait(&signals, nullptr, &second);
    if (signal == SIGUSR1) (*plane)->Drain();
    if (signal == SIGTERM || signal == SIGINT) return 0;
  }
}

}  // namespace nuncio::app
