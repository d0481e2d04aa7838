#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/host_translator.h"
#include "nuncio/translate/emissary/listener_layout.h"
#include "nuncio/translate/emissary/mapping_groups.h"
#include "nuncio/translate/emissary/taken_groups.h"
#include "nuncio/translate/emissary/virtual_hosts.h"

namespace nuncio::translate::emissary {

// Translates the Listeners of an instance. Remembers which Hosts and TCPMappings each takes, as long as none of them,
// nor what Hosts choose Mappings by, changes; and makes anew only the virtual hosts of Hosts that take a group which
// was made anew. Not thread-safe; lives as long as the process.
class ListenerTranslator {
 public:
  // Adds every listener to the model. `hosts_round` is another whenever `terminations` are. REQUIRES: the tables of the
  // last call's snapshot still live.
  void Translate(Context& context, const Terminations& terminations, uint64_t hosts_round,
                 const MappingTranslator& mappings, const std::vector<TcpMappingGroup>& tcp_groups);

 private:
  // What the layout depends on, beside the Hosts and the groups that they take.
  struct Inputs {
    store::Table<resource::Listener> listeners;
    Options options;  // `now` is 0: no listener depends on it
    ModuleSettings module;
    std::vector<TcpMappingGroup> tcp_groups;
    bool operator==(const Inputs&) const = default;
  };
  void Fill(const std::vector<ActiveHost>& hosts, const std::vector<bool>& changed, const MappingGroups& groups);

  std::optional<Inputs> inputs_;
  TakenGroups taken_;
  VirtualHosts virtual_hosts_;
  std::vector<LaidOutListener> listeners_;
  Unreached unreached_;
  ir::Findings findings_;  // of the layout
};

}  // namespace nuncio::translate::emissary
