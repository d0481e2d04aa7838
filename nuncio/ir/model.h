#pragma once

#include <memory>
#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/ir/listener.h"
#include "nuncio/ir/tls.h"
#include "nuncio/ir/upstream.h"

namespace nuncio::ir {

// What the gateway is to do, in words of its own: it knows neither Kubernetes nor Envoy. Immutable once built, free to
// share between threads.
//
// What did not change is the same object in the next model: upstreams, endpoint sets, secrets, virtual hosts and routes
// are held by pointers, and whoever made something of one can find it again by its pointer. Equal models need not share
// any: compare what they say (ToJson).
//
// Invariants: every list is sorted by its identity and free of duplicates; every UpstreamId, SecretId and endpoint set
// that something names is in the model; nothing is in the model that nothing names.
struct Model {
  std::vector<Listener> listeners;
  std::vector<UpstreamPtr> upstreams;
  std::vector<EndpointSetPtr> endpoint_sets;
  std::vector<SecretPtr> secrets;
};

using ModelPtr = std::shared_ptr<const Model>;

}  // namespace nuncio::ir
