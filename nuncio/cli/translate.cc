#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "nuncio/base/yaml_write.h"
#include "nuncio/cli/commands.h"
#include "nuncio/cli/findings.h"
#include "nuncio/cli/manifests.h"
#include "nuncio/envoy/render.h"
#include "nuncio/ir/dump.h"

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  # What Envoy gets, type by type
  nuncio translate ./manifests

  # What nuncio understood, before it became Envoy's words
  nuncio translate ./manifests --ir -o json

  # Ask Envoy whether it would take it
  nuncio translate ./manifests --static > envoy.yaml && envoy --mode validate -c envoy.yaml

The output is the same, byte for byte, for the same objects in any order and in whatever files they are.
Private keys are shown as [redacted], except with --static: Envoy needs them.)";

struct TranslateOptions {
  Manifests manifests;
  std::string output = "yaml";
  bool ir = false;
  bool findings = false;
  bool whole_bootstrap = false;
};

Json Answer(const TranslateOptions& options, const pipeline::Generation& generation) {
  if (options.ir) return ir::ToJson(*generation.model);
  if (options.findings) return ir::ToJson(generation.findings);
  if (options.whole_bootstrap) return envoy::ToStaticBootstrap(*generation.config);
  return envoy::ToJson(*generation.config);
}

// What is left out of the answer is worth a word, though not on standard output.
void MentionErrors(const TranslateOptions& options, const ir::Findings& findings) {
  size_t errors = 0;
  for (const ir::Finding& finding : findings) errors += finding.severity == ir::Severity::kError ? 1 : 0;
  if (errors == 0 || options.findings) return;
  std::cerr << "warning: " << errors << (errors == 1 ? " error" : " errors") << ", see 'nuncio check "
            << options.manifests.path << "'\n";
}

int RunTranslate(TranslateOptions& options) {
  const pipeline::GenerationPtr generation = BuildOnce(options.manifests);
  if (generation == nullptr) return 1;
  const Json answer = Answer(options, *generation);
  std::cout << (options.output == "json" ? answer.dump(2) + "\n" : ToYaml(answer));
  MentionErrors(options, generation->findings);
  return 0;
}

}  // namespace

void AddTranslate(CLI::App& program, Invocation& invocation) {
  const auto options = std::make_shared<TranslateOptions>();
  CLI::App* command = program.add_subcommand("translate", "Print the Envoy configuration that manifests come to");
  command->footer(kExamples);
  AddManifests(*command, options->manifests);
  CLI::Option* ir = command->add_flag("--ir", options->ir, "Print nuncio's own model instead");
  CLI::Option* findings = command->add_flag("--findings", options->findings, "Print what is wrong instead");
  CLI::Option* whole = command->add_flag("--static", options->whole_bootstrap,
                                         "Print one bootstrap that holds everything, as for 'envoy -c'");
  const std::string choose = "choose one of --ir, --findings and --static";
  command->callback([=, &invocation] {
    if (ir->count() + findings->count() + whole->count() > 1) throw CLI::ValidationError(choose);
    invocation.action = [options] { return RunTranslate(*options); };
  });
  AddChoice(*command, "-o,--output", options->output, {"yaml", "json"}, "Form of the output");
}

}  // namespace nuncio::cli
