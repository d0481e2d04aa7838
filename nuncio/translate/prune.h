#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "nuncio/ir/model.h"

namespace nuncio::translate {

// Removes from models the upstreams, endpoint sets and secrets that nothing in the listeners leads to, for example
// those of a Mapping that no Host takes: Envoy is to keep nothing that no request can need. Counts how often the routes
// of the last model name each upstream, and follows what changed. Not thread-safe; lives as long as the process.
class Pruner {
 public:
  void Prune(ir::Model& model);

 private:
  using Hosts = SharedList<ir::VirtualHostPtr>;

  void Follow(const ir::Model& model);
  void Count(const ir::Route& route, bool come);

  std::map<std::pair<std::string, std::string>, Hosts> tables_;  // by listener and chain
  std::map<ir::UpstreamId, size_t> uses_;                        // by routes; none is 0
};

}  // namespace nuncio::translate
