#pragma once

#include <vector>

#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/host_translator.h"
#include "nuncio/translate/emissary/reachability.h"
#include "nuncio/translate/emissary/taken_groups.h"
#include "nuncio/translate/emissary/tcp_mappings.h"
#include "nuncio/translate/emissary/virtual_hosts.h"

namespace nuncio::translate::emissary {

// A listener whose route tables are still empty, and what is to be in them.
struct LaidOutListener {
  struct Table {
    size_t chain = 0;  // its number
    Serving serving;
    std::vector<size_t> hosts;  // by domain
  };
  ir::Listener listener;
  std::vector<Table> tables;
};

// Which Hosts and TCPMappings each Listener takes (reference 3.1), and its chains by SNI (3.11). What each Host and
// group is reached by is left in `reached`.
std::vector<LaidOutListener> LayOutListeners(Context& context, const Terminations& terminations,
                                             const TakenGroups& taken, const std::vector<TcpMappingGroup>& tcp_groups,
                                             Reached& reached);

}  // namespace nuncio::translate::emissary
