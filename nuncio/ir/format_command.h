#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nuncio::ir {

// One use of a command in a format string: %NAME(PARAMETER):LENGTH%. Without parentheses the parameter is empty, which
// Envoy does not tell from "()".
struct FormatCommand {
  std::string_view name;
  std::string_view parameter;
  bool has_length = false;
};

// Why Envoy refuses the command, beginning with the command itself; nullopt: it takes it. Pure.
std::optional<std::string> CommandProblem(const FormatCommand& command);

}  // namespace nuncio::ir
