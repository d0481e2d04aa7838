#pragma once

#include <nlohmann/json.hpp>

#include "nuncio/envoy/json_text.h"

namespace nuncio::envoy {

// For tests: messages and texts are compared as JSON, so that a failure is printed as it is read.
inline nlohmann::json JsonOf(const char* text) { return nlohmann::json::parse(text); }
inline nlohmann::json JsonOf(const pb::Message& message) { return nlohmann::json::parse(ToJsonText(message)); }

}  // namespace nuncio::envoy
