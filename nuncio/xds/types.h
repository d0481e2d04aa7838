#pragma once

#include <optional>
#include <string_view>

#include "nuncio/envoy/config.h"

namespace nuncio::xds {

// nullopt: a type that is not served.
inline std::optional<envoy::ResourceType> TypeOf(std::string_view type_url) {
  for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
    if (envoy::TypeUrl(type) == type_url) return type;
  }
  return std::nullopt;
}

// Of these types a first request that names nothing asks for everything (xDS protocol, "How the client specifies what
// resources to return").
inline bool HasLegacyWildcard(envoy::ResourceType type) {
  return type == envoy::ResourceType::kCluster || type == envoy::ResourceType::kListener;
}

inline constexpr std::string_view kWildcard = "*";

}  // namespace nuncio::xds
