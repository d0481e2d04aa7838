#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/virtual_host_bytes.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The route configurations of one model after the other. What did not change is copied from the bytes of the last one:
// a change of one virtual host among 10,000 makes that one. Routes, domains and virtual hosts that Envoy would refuse
// are left out and reported. A virtual host whose routes are all refused stays: its requests get 404 and do not fall to
// another host. Not thread-safe.
class RouteConfigurations {
 public:
  // `chain` is the owner of the table. REQUIRES: `known` is complete as to clusters.
  ResourcePtr Make(const ir::Listener& listener, const ir::FilterChain& chain, const ir::RouteTable& table,
                   const References& known, Refusals& refusals);
  // Ends a model.
  void Sweep();

 private:
  // A virtual host in the bytes of its table.
  struct Part {
    size_t begin = 0, end = 0;  // as a field of the table
    size_t header = 0;          // bytes of the field before the message
    bool whole = false;         // nothing of it was left out
    RouteMarks routes;
  };
  struct Table {
    SharedList<ir::VirtualHostPtr> hosts;
    std::vector<Part> parts;          // of each host
    std::vector<ir::Origin> origins;  // of the chain
    bool whole = false;               // all parts are
    uint64_t epoch = 0;               // in which that was judged
    ResourcePtr made;
    uint64_t round = 0;
  };
  class Writer;

  VirtualHostBytes host_bytes_;
  std::map<std::string, Table> tables_;
  uint64_t round_ = 1;
};

}  // namespace nuncio::envoy
