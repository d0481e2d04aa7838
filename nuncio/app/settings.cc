#include "nuncio/app/settings.h"

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::app {
namespace {

constexpr char kAdminPort[] = "admin_port=";
constexpr int64_t kGreatestPort = 65535;

}  // namespace

Settings SettingsOf(const store::Snapshot& snapshot, const std::string& ambassador_id) {
  Settings settings;
  for (const resource::Module* module : translate::emissary::Mine(snapshot.modules, ambassador_id)) {
    if (module->meta.name != "ambassador") continue;
    const auto port = module->config->find("admin_port");
    if (port == module->config->end() || !port->is_number_integer()) return settings;
    const int64_t number = port->get<int64_t>();
    if (number > 0 && number <= kGreatestPort) settings.admin_port = static_cast<uint16_t>(number);
    return settings;
  }
  return settings;
}

std::string ToLine(const Settings& settings) { return absl::StrCat(kAdminPort, settings.admin_port); }

std::optional<Settings> FromLine(const std::string& line) {
  uint32_t port = 0;
  if (!line.starts_with(kAdminPort) || !absl::SimpleAtoi(line.substr(sizeof(kAdminPort) - 1), &port) ||
      port > kGreatestPort) {
    return std::nullopt;
  }
  return Settings{.admin_port = static_cast<uint16_t>(port)};
}

}  // namespace nuncio::app
