#pragma once

#include <string_view>

namespace nuncio::log {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Options {
  Level least = Level::kInfo;  // what is less grave is dropped
  bool json = false;           // lines as objects {"time", "level", "msg"}
};

// Precondition: the process has one thread. Without it: the defaults.
void Configure(const Options& options);

// One line each to stderr, with time and severity. Thread-safe. For what happens to the process; what is wrong with an
// object is a finding instead.
void Debug(std::string_view message);
void Info(std::string_view message);
void Warning(std::string_view message);
void Error(std::string_view message);

}  // namespace nuncio::log
