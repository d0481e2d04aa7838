#pragma once

namespace nuncio::app {

// What the supervisor tells the control plane beside its command line. Not for users.
inline constexpr char kWorkDirectoryVariable[] = "NUNCIO_WORK_DIRECTORY";
inline constexpr char kSettingsVariable[] = "NUNCIO_SETTINGS_DESCRIPTOR";  // where the Settings are written to

}  // namespace nuncio::app
