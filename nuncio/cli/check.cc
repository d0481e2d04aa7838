#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>

#include "nuncio/cli/commands.h"
#include "nuncio/cli/findings.h"
#include "nuncio/cli/manifests.h"
#include "nuncio/files/locate.h"

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  # Everything that is wrong, each with its file and line
  nuncio check ./manifests

  # One file, or what another program writes
  nuncio check listener.yaml
  helm template ./chart | nuncio check -

  # Annotations in a GitHub workflow
  nuncio check ./manifests --output github

Exit status: 1 when there is an error, 0 otherwise (warnings and notices included).)";

struct Check {
  Manifests manifests;
  std::string output = "text";
};

// https://no-color.org
bool ColourWanted() {
  const char* refused = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0');
}

std::vector<LocatedFinding> Locate(const Manifests& manifests, const ir::Findings& findings) {
  files::FieldLocator locator;
  std::vector<LocatedFinding> located;
  for (const ir::Finding& finding : findings) {
    LocatedFinding entry{finding, NameOfFile(manifests, finding.object.file), finding.object.line};
    if (finding.object.line > 0) {
      entry.line = locator.LineOf({finding.object.file, finding.object.line}, finding.field);
    }
    located.push_back(std::move(entry));
  }
  // As one reads files; findings without one come first. Their own order settles the rest.
  std::stable_sort(located.begin(), located.end(), [](const LocatedFinding& a, const LocatedFinding& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return located;
}

int RunCheck(Check& check) {
  const pipeline::GenerationPtr generation = BuildOnce(check.manifests);
  if (generation == nullptr) return 1;
  const std::vector<LocatedFinding> findings = Locate(check.manifests, generation->findings);
  const size_t objects = CountObjects(*generation->snapshot);
  if (check.output == "json") {
    std::cout << FindingsAsJson(findings, objects).dump(2) << "\n";
  } else if (check.output == "github") {
    std::cout << FindingsAsGithub(findings, objects);
  } else {
    std::cout << FindingsAsText(findings, objects, ColourWanted());
  }
  return Count(findings).errors > 0 ? 1 : 0;
}

}  // namespace

void AddCheck(CLI::App& program, Invocation& invocation) {
  const auto check = std::make_shared<Check>();
  CLI::App* command = program.add_subcommand("check", "Say what is wrong with manifests, and what to do about it");
  command->footer(kExamples);
  AddManifests(*command, check->manifests);
  AddChoice(*command, "-o,--output", check->output, {"text", "json", "github"}, "Form of the output");
  command->callback([check, &invocation] { invocation.action = [check] { return RunCheck(*check); }; });
}

}  // namespace nuncio::cli
