#pragma once

#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// Says that a resource arrives over the ADS stream.
void SetAds(pb::ConfigSource* source);

}  // namespace nuncio::envoy
