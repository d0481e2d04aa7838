#pragma once

#include <vector>

#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/host_translator.h"
#include "nuncio/translate/emissary/mapping_groups.h"
#include "nuncio/translate/emissary/taken_groups.h"
#include "nuncio/translate/emissary/tcp_mappings.h"
#include "nuncio/translate/emissary/virtual_hosts.h"

namespace nuncio::translate::emissary {

// Adds every listener to the model: which Hosts and TCPMappings it takes (reference 3.1), the routes of each of its
// virtual hosts by security model and insecure action (3.2, 3.3), chains by SNI (3.11).
void TranslateListeners(Context& context, const Terminations& terminations, const MappingGroups& groups,
                        const TakenGroups& taken, const std::vector<TcpMappingGroup>& tcp_groups,
                        VirtualHosts& virtual_hosts);

}  // namespace nuncio::translate::emissary
