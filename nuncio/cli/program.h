#pragma once

#include <memory>

#include "nuncio/cli/commands.h"

namespace nuncio::cli {

// The whole command line: every command with its options and help. `invocation` outlives it.
std::unique_ptr<CLI::App> MakeProgram(Invocation& invocation);

// Parses and runs. Returns the exit status: 0 when all went well, 1 otherwise, a wrong command line included, as
// kubectl.
int Main(int argc, const char* const* argv);

}  // namespace nuncio::cli
