#pragma once

#include <string>

#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// Equal messages give equal bytes: the entries of maps are written in the order of their keys.
std::string Serialize(const pb::Message& message);

// The message wrapped in an Any, as deterministic as Serialize (Any::PackFrom is not).
void Pack(const pb::Message& message, pb::Any* any);

// What makes a version: a digest of serialized bytes.
std::string VersionOf(const std::string& bytes);

}  // namespace nuncio::envoy
