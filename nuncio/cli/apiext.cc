#include <algorithm>
#include <memory>

#include "nuncio/apiext/run.h"
#include "nuncio/app/options.h"
#include "nuncio/base/log.h"
#include "nuncio/cli/commands.h"

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  # In a Pod, behind the Service nuncio-apiext
  nuncio apiext nuncio-apiext

Conversions are answered over HTTPS at /webhooks/crd-convert; probes are /probes/live and /probes/ready. The authority is
kept in the Secret emissary-ingress-webhook-ca, and told to the CustomResourceDefinitions. [POD_NAMESPACE] says where;
[DISABLE_CA_MANAGEMENT] and [DISABLE_CRD_MANAGEMENT] leave the one or the other to somebody else.
After SIGTERM conversions are answered until the drain time is over, or until the next signal.
Traffic does not depend on it: nuncio reads every version by itself.)";

std::string CheckLabel(const std::string& text) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool well_formed = !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), good) &&
                           text.front() != '-' && text.back() != '-';
  return well_formed ? "" : "\"" + text + "\" is no name of a Service";
}

}  // namespace

void AddApiext(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("apiext", "Convert objects of older versions for an API server");
  const auto options = std::make_shared<apiext::RunOptions>();
  const auto drain_time = std::make_shared<std::string>();
  command->footer(kExamples);
  command->add_option("service", options->service, "The Service in front of this process")
      ->required()
      ->check(CheckLabel, "", "")
      ->type_name("SERVICE");
  command
      ->add_option("--crd-label-selector", options->label_selector,
                   "The CustomResourceDefinitions to keep (all of getambassador.io)")
      ->type_name("SELECTOR");
  command->add_option("--kubeconfig", options->kubeconfig, "The cluster; in a Pod its own is the default [KUBECONFIG]")
      ->type_name("FILE");
  command->add_option("--context", options->context, "Context of the kubeconfig (its current one)")->type_name("NAME");
  const auto port = CLI::Range(0, 65535).description("");
  command->add_option("--webhook-port", options->webhook_port, "Port of conversions (8443); 0: a free one")
      ->check(port)
      ->type_name("PORT");
  command->add_option("--probe-port", options->probe_port, "Port of probes (8080); 0: a free one")
      ->check(port)
      ->type_name("PORT");
  command->add_option("--drain-time", *drain_time, "How long conversions are answered after SIGTERM (5s)")
      ->type_name("DURATION");
  command->callback([options, drain_time, &invocation] {
    SetDuration("--drain-time", *drain_time, options->drain_time);
    invocation.action = [options] {
      std::vector<std::string> complaints;
      log::Configure(app::OptionsFromEnvironment(app::ProcessEnvironment, complaints).log);
      return apiext::Run(*options, app::ProcessEnvironment);
    };
  });
}

}  // namespace nuncio::cli
