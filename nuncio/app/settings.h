#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nuncio/store/snapshot.h"

namespace nuncio::app {

// What only Envoy's bootstrap can carry and the manifests decide. The control plane tells it to its parent, which
// starts Envoy, in one line.
struct Settings {
  uint16_t admin_port = 8001;
  bool operator==(const Settings&) const = default;
};

// As the `ambassador` Module of this instance says (`admin_port`); what cannot be used leaves the default, and
// translate/emissary reports it.
Settings SettingsOf(const store::Snapshot& snapshot, const std::string& ambassador_id);

// "admin_port=8001". Without the end of the line.
std::string ToLine(const Settings& settings);
// nullopt for anything that ToLine does not write.
std::optional<Settings> FromLine(const std::string& line);

}  // namespace nuncio::app
