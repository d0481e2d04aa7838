#include "nuncio/app/run.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "nuncio/app/cluster_source.h"
#include "nuncio/app/control_plane_environment.h"
#include "nuncio/app/memory_limit.h"
#include "nuncio/app/supervisor.h"
#include "nuncio/app/work_directory.h"
#include "nuncio/base/log.h"
#include "nuncio/envoy/bootstrap.h"

namespace nuncio::app {
namespace {

// As our own lines (base/log). %j is the message as the inside of a JSON string (Envoy documentation, "Command line
// options").
constexpr char kEnvoyJsonLog[] = R"({"time":"%Y-%m-%dT%T.%e%z","level":"%l","msg":"%j"})";

Command ControlPlaneCommand(const RunOptions& options, const std::string& work_directory, int settings) {
  Command command;
  // This very program, even when its file has been replaced since.
  command.argv = {"/proc/self/exe", "control-plane"};
  command.argv.insert(command.argv.end(), options.arguments.begin(), options.arguments.end());
  command.environment = {absl::StrCat(kWorkDirectoryVariable, "=", work_directory),
                         absl::StrCat(kSettingsVariable, "=", settings)};
  command.keep_open = {settings};
  return command;
}

uint16_t AdminPort(const RunOptions& options, const Settings& settings) {
  return options.admin_port.value_or(settings.admin_port);
}

// 0: Envoy's heap has no bound, because this process has none.
uint64_t MaxHeapBytes() {
  const std::optional<uint64_t> limit = MemoryLimit();
  if (!limit.has_value()) return 0;
  const uint64_t heap = HeapWithin(*limit);
  log::Info(
      absl::StrCat("Envoy may use ", heap >> 20, " MiB of the ", *limit >> 20, " MiB that the control group has"));
  return heap;
}

absl::StatusOr<Command> EnvoyCommand(const RunOptions& options, const std::string& work_directory,
                                     const Settings& settings) {
  envoy::BootstrapOptions bootstrap;
  bootstrap.ads_socket = AdsSocketIn(work_directory);
  bootstrap.admin_port = AdminPort(options, settings);
  bootstrap.node_cluster = options.node_cluster;
  bootstrap.max_heap_bytes = MaxHeapBytes();
  const std::string file = BootstrapFileIn(work_directory);
  const absl::Status written = WritePrivateFile(file, envoy::BootstrapJson(bootstrap));
  if (!written.ok()) return written;

  Command command;
  command.argv = {options.envoy_path,
                  "-c",
                  file,
                  "--admin-address-path",
                  AdminAddressFileIn(work_directory),
                  "--drain-time-s",
                  absl::StrCat(options.envoy_drain_time.count()),
                  "-l",
                  options.envoy_log_level};
  if (options.log.json) {
    command.argv.insert(command.argv.end(), {"--log-format", kEnvoyJsonLog});
  }
  if (options.envoy_concurrency.has_value()) {
    command.argv.insert(command.argv.end(), {"--concurrency", absl::StrCat(*options.envoy_concurrency)});
  }
  if (options.envoy_base_id.has_value()) {
    command.argv.insert(command.argv.end(), {"--base-id", absl::StrCat(*options.envoy_base_id)});
  } else {
    // Without it two Envoys on one machine would meet in shared memory.
    command.argv.push_back("--disable-hot-restart");
  }
  return command;
}

bool IsTaken(uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool taken =
      bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 && errno == EADDRINUSE;
  close(probe);
  return taken;
}

void ExplainEnvoy(uint16_t admin_port) {
  if (admin_port == 0 || !IsTaken(admin_port)) return;
  log::Error(
      absl::StrCat("another process has port ", admin_port,
                   " of 127.0.0.1, which Envoy's admin interface needs: "
                   "end it, or choose another port with --admin-port or with admin_port in the ambassador Module"));
}

SupervisorPlan PlanOf(const RunOptions& options, const std::string& work_directory) {
  SupervisorPlan plan;
  plan.control_plane = [=](int settings) { return ControlPlaneCommand(options, work_directory, settings); };
  plan.envoy = [=](const Settings& settings) { return EnvoyCommand(options, work_directory, settings); };
  plan.explain_envoy = [=](const Settings& settings) { ExplainEnvoy(AdminPort(options, settings)); };
  plan.admin_address_file = AdminAddressFileIn(work_directory);
  plan.drain_time = options.drain_time;
  plan.drain_grace = options.drain_grace;
  return plan;
}

}  // namespace

int Run(const RunOptions& options) {
  if (FollowsCluster(options)) {
    if (const auto cluster = ClusterOf(options, ProcessEnvironment); !cluster.ok()) {
      log::Error(cluster.status().message().data());
      return 1;
    }
  }
  const absl::StatusOr<WorkDirectory> work = WorkDirectory::Open(options.work_directory);
  if (!work.ok()) {
    log::Error(absl::StrCat("no folder to work in: ", work.status().message()));
    return 1;
  }
  const absl::Status ended = Supervisor(PlanOf(options, work->path())).Run();
  if (!ended.ok()) {
    log::Error(ended.message().data());
    return 1;
  }
  return 0;
}

}  // namespace nuncio::app
