#include "nuncio/app/run.h"

#include <memory>

#include "nuncio/base/log.h"
#include "nuncio/cli/commands.h"

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  # Serve a directory of manifests; edits take effect as files are saved
  nuncio run --manifests ./manifests

  # Serve what is in a Kubernetes cluster, from outside of it
  nuncio run --kubeconfig ~/.kube/config --context staging

  # With an Envoy of your own, and its admin page elsewhere
  nuncio run --manifests ./manifests --envoy-path /usr/local/bin/envoy --admin-port 9901

Names in [brackets] are environment variables, which the flags override.
SIGTERM drains: listeners close after the drain time, requests in flight finish, then everything ends. So does Ctrl-C;
pressed again, it closes the listeners now, and a third time it ends everything.)";

struct RunCommand {
  app::RunOptions options;
  std::string drain_time;
  std::string drain_grace;
  std::vector<std::string> complaints;
};

void AddOptions(CLI::App& command, RunCommand& run) {
  app::RunOptions& options = run.options;
  const auto port = CLI::Range(0, 65535).description("");
  CLI::Option* manifests =
      command.add_option("--manifests", options.manifests, "Folder of manifests to serve")->type_name("DIR");
  command
      .add_option("--kubeconfig", options.kubeconfig,
                  "Serve the objects of a cluster instead; in a Pod its own cluster is the default [KUBECONFIG]")
      ->excludes(manifests)
      ->type_name("FILE");
  command.add_option("--context", options.context, "Context of the kubeconfig (its current one)")
      ->excludes(manifests)
      ->type_name("NAME");
  command.add_option("--envoy-path", options.envoy_path, "Envoy to start; without a slash, looked up on PATH")
      ->type_name("FILE");
  command
      .add_option("--admin-port", options.admin_port, "Port of Envoy's admin page on 127.0.0.1 (8001); 0: a free one")
      ->check(port)
      ->type_name("PORT");
  command
      .add_option("--health-address", options.health.address,
                  "Address of health checks and metrics [AMBASSADOR_HEALTHCHECK_BIND_ADDRESS]")
      ->type_name("ADDRESS");
  command
      .add_option("--health-port", options.health.port,
                  "Port of health checks and metrics (8877); 0: a free one [AMBASSADOR_HEALTHCHECK_BIND_PORT]")
      ->check(port)
      ->type_name("PORT");
  command.add_option("--drain-time", run.drain_time, "How long listeners stay open after SIGTERM (5s)")
      ->type_name("DURATION");
  command.add_option("--drain-grace", run.drain_grace, "How long requests may take after that (20s)")
      ->type_name("DURATION");
  command.add_option("--envoy-concurrency", options.envoy_concurrency, "Worker threads of Envoy [ENVOY_CONCURRENCY]")
      ->type_name("N");
  command.add_option("--envoy-log-level", options.envoy_log_level, "Log level of Envoy (error)")->type_name("LEVEL");
  command.add_option("--work-directory", options.work_directory, "Holds the bootstrap and the socket of ADS")
      ->type_name("DIR");
  command
      .add_option("--ambassador-id", options.translate.ambassador_id, "Serve the objects of this ID [AMBASSADOR_ID]")
      ->type_name("ID");
  command
      .add_option("--ambassador-namespace", options.translate.ambassador_namespace,
                  "Namespace that nuncio itself is in [AMBASSADOR_NAMESPACE]")
      ->type_name("NAMESPACE");
}

// `run` and the hidden command that it starts take the same line, and come to the same options.
void AddRunCommand(CLI::App& command, Invocation& invocation, int (*start)(const app::RunOptions&), bool complains) {
  const auto run = std::make_shared<RunCommand>();
  run->options = app::OptionsFromEnvironment(app::ProcessEnvironment, run->complaints);
  command.footer(kExamples);
  AddOptions(command, *run);
  command.callback([=, &invocation] {
    SetDuration("--drain-time", run->drain_time, run->options.drain_time);
    SetDuration("--drain-grace", run->drain_grace, run->options.drain_grace);
    run->options.arguments = invocation.arguments;
    invocation.action = [=] {
      log::Configure(run->options.log);
      for (const std::string& complaint : run->complaints) {
        if (complains) log::Warning(complaint);
      }
      return start(run->options);
    };
  });
}

}  // namespace

void AddRun(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("run", "Serve manifests or a cluster: start Envoy and keep it up to date");
  AddRunCommand(*command, invocation, app::Run, true);
}

void AddControlPlane(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("control-plane", "The control plane alone; 'run' starts it")->group("");
  AddRunCommand(*command, invocation, app::RunControlPlane, false);
}

}  // namespace nuncio::cli
