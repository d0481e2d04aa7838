#include "nuncio/base/version.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "nuncio/base/json.h"
#include "nuncio/cli/commands.h"

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  nuncio version
  nuncio version -o json)";

int PrintVersion(const std::string& output) {
  if (output == "json") {
    std::cout << Json{{"nuncio", std::string(kVersion)}, {"envoy", NUNCIO_ENVOY_VERSION}}.dump(2) << "\n";
  } else {
    std::cout << "nuncio " << kVersion << "\nenvoy  " << NUNCIO_ENVOY_VERSION << " (whose API it is built with)\n";
  }
  return 0;
}

}  // namespace

void AddVersion(CLI::App& program, Invocation& invocation) {
  const auto output = std::make_shared<std::string>("text");
  CLI::App* command = program.add_subcommand("version", "Print the versions of nuncio and of Envoy's API");
  command->footer(kExamples);
  AddChoice(*command, "-o,--output", *output, {"text", "json"}, "Form of the output");
  command->callback([output, &invocation] { invocation.action = [output] { return PrintVersion(*output); }; });
}

}  // namespace nuncio::cli
