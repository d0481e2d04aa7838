#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nuncio/ir/listener.h"
#include "nuncio/translate/emissary/backend.h"
#include "nuncio/translate/emissary/context.h"

namespace nuncio::translate::emissary {

// The TCPMappings of one (address, port, host).
struct TcpMappingGroup {
  std::string address;
  uint16_t port = 0;
  std::string host;        // SNI; empty: cleartext, everything
  std::string name;        // of its first member, with namespace: unique
  ir::TcpService service;  // stat_prefix is the listener's to set
  std::vector<ir::Origin> origins;
  bool operator==(const TcpMappingGroup&) const = default;
};

// Sorted by (address, port, host). Upstreams are added to the model.
std::vector<TcpMappingGroup> TranslateTcpMappings(Context& context, const BackendSources& sources);

}  // namespace nuncio::translate::emissary
