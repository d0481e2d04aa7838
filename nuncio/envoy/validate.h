#pragma once

#include <optional>

#include "nuncio/envoy/protos.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/rules.h"
#include "nuncio/ir/model.h"

namespace nuncio::envoy {

// What Envoy would refuse a noun for: the rules of its API, and those that only its code knows as far as they depend on
// what a user writes. One unit at a time, so that a bad one can be left out alone; the message is that made from the
// noun. Not judged here: Lua, and whether a port or a file can be opened; Envoy says so itself.
std::optional<Violation> FindViolation(const ir::Secret& secret, const pb::Secret& proto);
std::optional<Violation> FindViolation(const ir::Upstream& upstream, const pb::Cluster& proto, const References& known);
std::optional<Violation> FindViolation(const ir::Endpoint& endpoint);
std::optional<Violation> FindViolation(const ir::Route& route, const pb::Route& proto);
// The first reference of the route to a cluster that is not known.
std::optional<Violation> FindDangling(const ir::Route& route, const References& known);
std::optional<Violation> FindViolation(const ir::VirtualHost& host, const pb::VirtualHost& proto);
std::optional<Violation> FindViolation(const ir::Listener& listener, const ir::FilterChain& chain,
                                       const pb::FilterChain& proto, const References& known);
std::optional<Violation> FindViolation(const ir::Listener& listener, const pb::Listener& proto);

// Of header edits below `field`. Envoy keeps Host and pseudo-headers to itself.
std::optional<Violation> FindViolation(const ir::HeaderEdits& edits, const std::string& field);

}  // namespace nuncio::envoy
