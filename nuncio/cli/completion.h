#pragma once

#include <string>

#include "nuncio/cli/commands.h"

namespace nuncio::cli {

// Scripts that complete commands, flags, and the words that flags take. Made from the program's own description, so
// that they cannot fall behind it; hidden commands stay hidden.
std::string BashCompletion(const CLI::App& program);
std::string ZshCompletion(const CLI::App& program);
std::string FishCompletion(const CLI::App& program);

}  // namespace nuncio::cli
