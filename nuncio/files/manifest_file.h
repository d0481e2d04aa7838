#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/base/yaml.h"

namespace nuncio::files {

// The bytes of a regular file. Errors: NotFound when there is no such name; FailedPrecondition for everything else: a
// link to nowhere, a pipe or a device, no permission, larger than YamlLimits allow.
absl::StatusOr<std::string> ReadManifest(const std::filesystem::path& path);

// Read as JSON when its name says so, as YAML otherwise.
YamlStream ParseManifest(const std::filesystem::path& path, std::string_view text, const YamlLimits& limits = {});

}  // namespace nuncio::files
