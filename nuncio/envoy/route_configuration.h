#pragma once

#include <vector>

#include "nuncio/envoy/protos.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// Routes, domains and virtual hosts that Envoy would refuse are left out and reported. A virtual host whose routes are
// all refused stays: its requests get 404 and do not fall to another host.
pb::RouteConfiguration MakeRouteConfiguration(const ir::Listener& listener, const ir::RouteTable& table,
                                              const References& known, Refusals& refusals);

// Every object that has a part in the table; may hold one twice.
std::vector<const ir::Origin*> OriginsOf(const ir::RouteTable& table);

}  // namespace nuncio::envoy
