#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace nuncio::cli {

// What a command line asks for. The commands fill it in while the line is parsed; nothing runs before all of it is
// known to be right.
struct Invocation {
  std::vector<std::string> arguments;  // after the name of the command
  std::function<int()> action;         // gives the exit status
};

// Each adds its command to the program; the command's callback sets invocation.action. `invocation` outlives the
// program.
void AddRun(CLI::App& program, Invocation& invocation);
void AddControlPlane(CLI::App& program, Invocation& invocation);  // hidden: what `run` starts
void AddTranslate(CLI::App& program, Invocation& invocation);
void AddCheck(CLI::App& program, Invocation& invocation);
void AddApiext(CLI::App& program, Invocation& invocation);
void AddVersion(CLI::App& program, Invocation& invocation);
void AddCompletion(CLI::App& program, Invocation& invocation);

// Sets a duration as in Go, or a number of seconds; an empty text leaves it. Throws what CLI11 shows to the user.
void SetDuration(const char* flag, const std::string& text, std::chrono::milliseconds& duration);

// An option that takes one of the listed words. Its type name is "a|b|c", which the completion scripts read.
CLI::Option* AddChoice(CLI::App& command, const std::string& names, std::string& value,
                       const std::vector<std::string>& choices, const std::string& description);

}  // namespace nuncio::cli
