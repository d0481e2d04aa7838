#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/listener.h"
#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/tcp_mappings.h"

namespace nuncio::translate::emissary {

// What a Listener says, read and found sound: where it listens, what it unwraps and which Hosts it takes.
struct ListenerSpec {
  std::vector<ir::Origin> origins;  // the Listener; or the TCPMappings that it stands in for
  std::string name;                 // owner-derived, unique
  std::string ns;
  std::string address;
  uint16_t port = 0;
  ir::Listener::Transport transport = ir::Listener::Transport::kTcp;
  bool http = false;
  bool tls = false;
  bool proxy = false;
  resource::SecurityModel security_model = resource::SecurityModel::kXfp;
  std::string stat_prefix;
  uint32_t l7_depth = 0;
  std::optional<uint32_t> http2_max_concurrent_streams;
  bool every_namespace = false;     // false: Hosts of `ns` only
  resource::StringMap host_labels;  // empty: whatever the labels
};

// The Listeners of this instance, one for each (transport, address, port), in visiting order (reference 1.4).
std::vector<ListenerSpec> ReadListeners(Context& context);

// The listener of a TCPMapping on a port that no Listener has (reference 3.11).
ListenerSpec StandInFor(const TcpMappingGroup& group);

bool Takes(const ListenerSpec& listener, const ActiveHost& host, bool strict_selectors);

}  // namespace nuncio::translate::emissary
