#include "nuncio/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "nuncio/base/check.h"
#include "nuncio/base/json.h"

namespace nuncio::log {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v";
// The message comes as a JSON string already.
constexpr char kJsonPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","msg":%v})";

struct Log {
  Log() {
    logger.set_pattern(kTextPattern);
    logger.flush_on(spdlog::level::info);
  }
  spdlog::logger logger{"nuncio", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
  bool json = false;
};

// Never destroyed: threads may log to the very end.
Log& TheLog() {
  static Log& log = *new Log;
  return log;
}

void Write(spdlog::level::level_enum level, std::string_view message) {
  Log& log = TheLog();
  if (!log.logger.should_log(level)) return;
  // Bytes that are no UTF-8 become U+FFFD.
  const std::string text =
      log.json ? Json(message).dump(-1, ' ', false, Json::error_handler_t::replace) : std::string(message);
  log.logger.log(level, spdlog::string_view_t(text.data(), text.size()));
}

spdlog::level::level_enum LevelOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  NUNCIO_CHECK(false);
}

}  // namespace

void Configure(const Options& options) {
  Log& log = TheLog();
  log.json = options.json;
  log.logger.set_pattern(options.json ? kJsonPattern : kTextPattern);
  log.logger.set_level(LevelOf(options.least));
}

void Debug(std::string_view message) { Write(spdlog::level::debug, message); }
void Info(std::string_view message) { Write(spdlog::level::info, message); }
void Warning(std::string_view message) { Write(spdlog::level::warn, message); }
void Error(std::string_view message) { Write(spdlog::level::err, message); }

}  // namespace nuncio::log
