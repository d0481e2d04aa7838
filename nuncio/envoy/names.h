#pragma once

#include <string>

#include "nuncio/ir/listener.h"
#include "nuncio/ir/tls.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::envoy {

// Every name that Envoy sees of a resource, from the identity of the model's noun and nothing else: never from a
// position, never from content. Each function is injective: different identities never share a name, whatever
// characters they hold.

// A changed policy is a changed discriminator, hence a new cluster beside the old one: traffic moves when it is warm.
// The cluster's endpoints have the same name.
std::string ClusterName(const ir::UpstreamId& upstream);

std::string SecretName(const ir::SecretId& secret);

std::string ListenerName(const ir::Listener& listener);

// Within its listener.
std::string FilterChainName(const ir::FilterChain& chain);

std::string RouteConfigurationName(const ir::Listener& listener, const ir::RouteTable& table);

// Within its route configuration.
std::string VirtualHostName(const ir::VirtualHost& host);

}  // namespace nuncio::envoy
