#pragma once

#include <string_view>

namespace nuncio::log {

// One line each to stderr, with time and severity. Thread-safe. For what happens to the process; what is wrong with an
// object is a finding instead.
void Debug(std::string_view message);  // dropped unless SetVerbose(true)
void Info(std::string_view message);
void Warning(std::string_view message);
void Error(std::string_view message);

void SetVerbose(bool verbose);

}  // namespace nuncio::log
