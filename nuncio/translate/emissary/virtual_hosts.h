#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "nuncio/ir/listener.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/listener_spec.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// A Host, and the groups whose routes it takes.
struct ServedHost {
  const ActiveHost* host = nullptr;
  const MappingGroups* groups = nullptr;
};

// The virtual hosts of every listener. Remembers those of the last model: one that has the same routes is the same. Not
// thread-safe; lives as long as the process.
class VirtualHosts {
 public:
  // Begins a model. `round` is another whenever the Hosts are others, or elsewhere in memory.
  void Begin(uint64_t round);
  // The virtual host of `served` in the table of this name, which is unique among all listeners.
  ir::VirtualHostPtr Get(const std::string& table, const ServedHost& served, const ListenerSpec& listener,
                         bool advertises_http3);

 private:
  struct Made {
    ir::VirtualHostPtr host;
    bool http3 = false;
  };
  std::map<std::string, std::unordered_map<const ActiveHost*, Made>> tables_;
  std::vector<ir::RoutePtr> routes_;  // of the host that is being made
  uint64_t round_ = 0;
};

}  // namespace nuncio::translate::emissary
