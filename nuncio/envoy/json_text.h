#pragma once

#include <string>

#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// Protobuf's JSON form, with field names as in the .proto.
std::string ToJsonText(const pb::Message& message);

}  // namespace nuncio::envoy
