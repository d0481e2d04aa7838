#include "nuncio/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace nuncio::log {
namespace {

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("nuncio", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

spdlog::string_view_t View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void Debug(std::string_view message) { Logger().log(spdlog::level::debug, View(message)); }
void Info(std::string_view message) { Logger().log(spdlog::level::info, View(message)); }
void Warning(std::string_view message) { Logger().log(spdlog::level::warn, View(message)); }
void Error(std::string_view message) { Logger().log(spdlog::level::err, View(message)); }

void SetVerbose(bool verbose) { Logger().set_level(verbose ? spdlog::level::debug : spdlog::level::info); }

}  // namespace nuncio::log
