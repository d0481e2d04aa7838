#include "nuncio/app/options.h"

#include <cstdlib>
#include <limits>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nuncio::app {
namespace {

// Reads the variables one by one. Emissary takes an empty variable for an unset one, except where said.
class Reader {
 public:
  Reader(const Environment& environment, std::vector<std::string>& complaints)
      : environment_(environment), complaints_(complaints) {}

  std::optional<std::string> Text(const std::string& name) const {
    std::optional<std::string> value = environment_(name);
    if (value.has_value() && value->empty()) return std::nullopt;
    return value;
  }

  std::optional<uint32_t> Number(const std::string& name, uint32_t least, uint32_t most) const {
    const std::optional<std::string> text = Text(name);
    if (!text.has_value()) return std::nullopt;
    uint32_t number = 0;
    if (absl::SimpleAtoi(*text, &number) && number >= least && number <= most) return number;
    complaints_.push_back(
        absl::StrCat(name, "=", *text, ": must be a whole number from ", least, " to ", most, "; it is ignored"));
    return std::nullopt;
  }

  // A word of several, in any case.
  template <typename T>
  std::optional<T> OneOf(const std::string& name, const std::map<std::string, T>& words) const {
    const std::optional<std::string> text = Text(name);
    if (!text.has_value()) return std::nullopt;
    for (const auto& [word, value] : words) {
      if (absl::EqualsIgnoreCase(*text, word)) return value;
    }
    const std::string known =
        absl::StrJoin(words, ", ", [](std::string* out, const auto& word) { *out += word.first; });
    complaints_.push_back(absl::StrCat(name, "=", *text, ": must be one of ", known, "; it is ignored"));
    return std::nullopt;
  }

  // What is written by hand as a yes, in any case: y, yes, on, 1, true, t.
  bool SaysYes(const std::string& name) const {
    const std::string text = absl::AsciiStrToLower(Text(name).value_or(""));
    for (const char* yes : {"y", "yes", "on", "1", "true", "t"}) {
      if (text == yes) return true;
    }
    return false;
  }

 private:
  const Environment& environment_;
  std::vector<std::string>& complaints_;
};

translate::Options TranslateOptions(const Reader& reader) {
  translate::Options options;
  options.ambassador_id = reader.Text("AMBASSADOR_ID").value_or(options.ambassador_id);
  options.ambassador_namespace = reader.Text("AMBASSADOR_NAMESPACE").value_or(options.ambassador_namespace);
  options.bind_address = reader.Text("AMBASSADOR_ENVOY_BIND_ADDRESS").value_or(options.bind_address);
  options.strict_label_selectors = !reader.SaysYes("DISABLE_STRICT_LABEL_SELECTORS");
  // Any value at all disables, "false" too.
  options.endpoints_enabled = !reader.Text("AMBASSADOR_DISABLE_ENDPOINTS").has_value();
  return options;
}

void ReadHealthAddress(const Reader& reader, diag::ListenAddress& health) {
  using diag::IpFamily;
  health.address = reader.Text("AMBASSADOR_HEALTHCHECK_BIND_ADDRESS").value_or(health.address);
  const std::map<std::string, IpFamily> families = {
      {"ANY", IpFamily::kAny}, {"IPV4_ONLY", IpFamily::kIpv4Only}, {"IPV6_ONLY", IpFamily::kIpv6Only}};
  health.family = reader.OneOf("AMBASSADOR_HEALTHCHECK_IP_FAMILY", families).value_or(health.family);
  if (const auto port = reader.Number("AMBASSADOR_HEALTHCHECK_BIND_PORT", 0, 65535)) {
    health.port = static_cast<uint16_t>(*port);
  }
}

// The names of levels are those of the library that Emissary logs with (logrus).
log::Options LogOptions(const Reader& reader) {
  using log::Level;
  const std::map<std::string, Level> levels = {
      {"trace", Level::kDebug},     {"debug", Level::kDebug}, {"info", Level::kInfo},   {"warn", Level::kWarning},
      {"warning", Level::kWarning}, {"error", Level::kError}, {"fatal", Level::kError}, {"panic", Level::kError}};
  log::Options log;
  log.least = reader.OneOf("AES_LOG_LEVEL", levels).value_or(log.least);
  log.json = reader.SaysYes("AMBASSADOR_JSON_LOGGING");
  return log;
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

RunOptions OptionsFromEnvironment(const Environment& environment, std::vector<std::string>& complaints) {
  constexpr uint32_t kAnyNumber = std::numeric_limits<uint32_t>::max();
  const Reader reader(environment, complaints);
  RunOptions options;
  options.translate = TranslateOptions(reader);
  // Any value at all, "false" too.
  options.single_namespace = reader.Text("AMBASSADOR_SINGLE_NAMESPACE").has_value();
  options.label_selector = reader.Text("AMBASSADOR_LABEL_SELECTOR").value_or("");
  options.field_selector = reader.Text("AMBASSADOR_FIELD_SELECTOR").value_or("");
  options.node_cluster =
      absl::StrCat(reader.Text("AMBASSADOR_ID").value_or("ambassador"), "-", options.translate.ambassador_namespace);

  ReadHealthAddress(reader, options.health);
  if (const auto seconds = reader.Number("AMBASSADOR_DRAIN_TIME", 0, 86'400)) {
    options.envoy_drain_time = std::chrono::seconds(*seconds);
  }
  options.envoy_concurrency = reader.Number("ENVOY_CONCURRENCY", 1, 1024);
  options.envoy_base_id = reader.Number("AMBASSADOR_ENVOY_BASE_ID", 0, kAnyNumber);
  options.log = LogOptions(reader);
  if (absl::StrContains(reader.Text("AMBASSADOR_DEBUG").value_or(""), "envoy")) options.envoy_log_level = "trace";
  return options;
}

}  // namespace nuncio::app
