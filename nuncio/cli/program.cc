#include "nuncio/cli/program.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <string_view>

#include "nuncio/base/duration.h"
#include "nuncio/base/nearest.h"

namespace nuncio::cli {
namespace {

constexpr char kDescription[] =
    "nuncio turns Kubernetes manifests into the configuration of a stock Envoy, and keeps it up to date.";

constexpr char kExamples[] = R"(Examples:
  # Serve a directory of manifests, following every change of its files
  nuncio run --manifests ./manifests

  # What is wrong with them, and what to do about it
  nuncio check ./manifests

  # What Envoy would get
  nuncio translate ./manifests

Exit status: 0 when all went well; 1 for a wrong command line, for what cannot be read, and when 'check' finds an error.
Use "nuncio COMMAND --help" for more about a command.)";

// The innermost command that the line names, as one types it: "nuncio check".
const CLI::App* NamedCommand(const CLI::App& program) {
  const CLI::App* command = &program;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
  return command;
}

std::string FullName(const CLI::App& program, const CLI::App& command) {
  return &command == &program ? program.get_name() : program.get_name() + " " + command.get_name();
}

// What was probably meant instead of a command that there is not.
std::string Meant(const CLI::App& program, const std::string& given) {
  std::vector<std::string_view> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  const std::string_view meant = Nearest(given, names);
  return meant.empty() ? "" : "; did you mean \"" + std::string(meant) + "\"?";
}

std::string Complaint(const CLI::App& program, const CLI::App& command, const CLI::ParseError& error) {
  const std::vector<std::string> extras = program.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || extras.empty()) return error.what();
  if (extras[0].starts_with("-")) return "unknown flag: " + extras[0];
  const std::string name = FullName(program, command);
  if (&command == &program)
    return "unknown command \"" + extras[0] + "\" for \"" + name + "\"" + Meant(program, extras[0]);
  return "unexpected argument \"" + extras[0] + "\" for \"" + name + "\"";
}

int Explain(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App& command = *NamedCommand(program);
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    std::cout << program.help();  // of the command that is named
    return 0;
  }
  std::cerr << "error: " << Complaint(program, command, error) << "\nSee '" << FullName(program, command)
            << " --help' for usage.\n";
  return 1;
}

}  // namespace

void SetDuration(const char* flag, const std::string& text, std::chrono::milliseconds& duration) {
  if (text.empty()) return;
  const bool number = std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const absl::StatusOr<std::chrono::milliseconds> parsed = ParseGoDuration(number ? text + "s" : text);
  if (!parsed.ok()) throw CLI::ValidationError(flag, std::string(parsed.status().message()));
  duration = *parsed;
}

CLI::Option* AddChoice(CLI::App& command, const std::string& names, std::string& value,
                       const std::vector<std::string>& choices, const std::string& description) {
  std::string type;
  for (const std::string& choice : choices) type += (type.empty() ? "" : "|") + choice;
  const auto known = [choices, type](const std::string& given) {
    const bool found = std::find(choices.begin(), choices.end(), given) != choices.end();
    return found ? std::string() : "\"" + given + "\" is none of " + type;
  };
  // The check comes first: without a name of its own it would replace the type's.
  return command.add_option(names, value, description)->check(known, "", "")->type_name(type);
}

std::unique_ptr<CLI::App> MakeProgram(Invocation& invocation) {
  auto program = std::make_unique<CLI::App>(kDescription, "nuncio");
  program->footer(kExamples);
  program->set_help_flag("-h,--help", "Show this help");
  program->get_formatter()->column_width(32);
  AddRun(*program, invocation);
  AddControlPlane(*program, invocation);
  AddTranslate(*program, invocation);
  AddCheck(*program, invocation);
  AddApiext(*program, invocation);
  AddVersion(*program, invocation);
  AddCompletion(*program, invocation);
  return program;
}

int Main(int argc, const char* const* argv) {
  Invocation invocation;
  for (int i = 2; i < argc; ++i) invocation.arguments.emplace_back(argv[i]);
  const std::unique_ptr<CLI::App> program = MakeProgram(invocation);
  try {
    program->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Explain(*program, error);
  }
  if (!invocation.action) {
    std::cout << program->help();
    return 0;
  }
  return invocation.action();
}

}  // namespace nuncio::cli
