#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nuncio/ir/listener.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/host_translator.h"
#include "nuncio/translate/emissary/listener_spec.h"
#include "nuncio/translate/emissary/tcp_mappings.h"

namespace nuncio::translate::emissary {

// The chains of one listener by the connections that they match. There is one for each, so that Envoy, which refuses a
// listener for two chains with one match, gets none.
struct ListenerChains {
  std::optional<ir::FilterChain> cleartext;
  std::map<std::string, ir::FilterChain> by_sni;      // lower case; "*": any
  std::map<std::string, std::vector<size_t>> served;  // by the name of a chain for HTTP: its Hosts, by domain
  std::set<const ActiveHost*> lenders;                // of the TLS that the chains of TCPMappings have

  bool empty() const { return !cleartext && by_sni.empty(); }
};

// One chain for each TCPMapping group of the listener: by SNI with the TLS of a Host that the name belongs to, or of a
// TLSContext that lists it; without a host, everything in cleartext.
void AddTcpChains(Context& context, const ListenerSpec& listener, const std::vector<const TcpMappingGroup*>& groups,
                  const Terminations& terminations, ListenerChains& chains);

// One chain for each SNI of the Hosts, and one for all of them in cleartext (reference 3.11). What a TCPMapping has
// taken already stays with it. The chains' tables are left empty: `served` says what is to be in them. REQUIRES:
// `taken` are the numbers of the Hosts that the listener takes, ascending. Of two Hosts with one hostname the last is
// served in cleartext, and of two TLS contexts for one SNI the first, which is what Emissary does; the other Host has a
// finding.
void AddHttpChains(Context& context, const ListenerSpec& listener, const std::vector<ActiveHost>& hosts,
                   const std::vector<size_t>& taken, ListenerChains& chains);

}  // namespace nuncio::translate::emissary
