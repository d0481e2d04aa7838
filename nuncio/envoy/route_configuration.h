#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/envoy/memo.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/route_bytes.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The route configurations of one model after the other, put together from the bytes of their virtual hosts and routes,
// which are remembered: what did not change is not made again. Routes, domains and virtual hosts that Envoy would
// refuse are left out and reported. A virtual host whose routes are all refused stays: its requests get 404 and do not
// fall to another host. Not thread-safe.
class RouteConfigurations {
 public:
  // `chain` is the owner of the table. REQUIRES: `known` is complete as to clusters.
  ResourcePtr Make(const ir::Listener& listener, const ir::FilterChain& chain, const ir::RouteTable& table,
                   const References& known, Refusals& refusals);
  // Ends a model.
  void Sweep();

 private:
  struct Table {
    std::vector<ir::VirtualHostPtr> hosts;
    bool http3 = false;
    std::vector<ir::Origin> origins;  // of the chain
    uint64_t holds_in = 0;            // the epoch in which nothing was left out
    ResourcePtr made;
    uint64_t round = 0;
  };
  struct Host {
    std::string bytes;
    bool http3 = false;
    uint64_t holds_in = 0;
  };
  bool Append(const ir::VirtualHostPtr& host, bool http3, std::vector<size_t> conflicts, const References& known,
              Refusals& refusals, std::string& bytes);

  RouteBytes routes_;
  Memo<ir::VirtualHost, Host> hosts_;
  std::map<std::string, Table> tables_;
  uint64_t round_ = 1;
};

}  // namespace nuncio::envoy
