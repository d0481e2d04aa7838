#pragma once

#include <string>
#include <vector>

#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/route_bytes.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The serialized RouteConfiguration, put together from the bytes of its routes: a message of 10,000 routes would be
// copied several times. Routes, domains and virtual hosts that Envoy would refuse are left out and reported. A virtual
// host whose routes are all refused stays: its requests get 404 and do not fall to another host.
std::string SerializeRouteConfiguration(const ir::Listener& listener, const ir::RouteTable& table, RouteBytes& routes,
                                        Refusals& refusals);

// Every object that has a part in the table; may hold one twice.
std::vector<const ir::Origin*> OriginsOf(const ir::RouteTable& table);

}  // namespace nuncio::envoy
