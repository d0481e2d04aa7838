#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "nuncio/ir/listener.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// What the listener of a virtual host has to do with it.
struct Serving {
  std::string table;  // the name of the route table, unique among all listeners
  resource::SecurityModel security_model = resource::SecurityModel::kXfp;
  bool advertises_http3 = false;
};

// The virtual hosts of every listener. Remembers those of the last model: one that has the same routes is the same. Not
// thread-safe; lives as long as the process.
class VirtualHosts {
 public:
  // Begins a model. `round` is another whenever the Hosts are others, or elsewhere in memory.
  void Begin(uint64_t round);
  // The virtual host of `host`, which takes those of `groups` whose numbers are `taken`.
  ir::VirtualHostPtr Get(const Serving& serving, const ActiveHost& host, const MappingGroups& groups,
                         std::span<const uint32_t> taken);
  // Forgets what was not asked for since the last time.
  void Sweep();

 private:
  struct Made {
    ir::VirtualHostPtr host;
    bool http3 = false;
    uint64_t asked_in = 0;
  };
  std::map<std::string, std::unordered_map<const ActiveHost*, Made>> tables_;
  std::vector<ir::RoutePtr> routes_;  // of the host that is being made
  uint64_t round_ = 0;                // of the Hosts
  uint64_t sweeps_ = 1;
};

}  // namespace nuncio::translate::emissary
