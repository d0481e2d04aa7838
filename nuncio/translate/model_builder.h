#pragma once

#include <map>
#include <set>
#include <string>

#include "nuncio/ir/model.h"

namespace nuncio::translate {

// The only way to add to a model: keeps one of each upstream, secret and endpoint set, and remembers every object that
// they are there for. Not thread-safe; lives as long as one translation.
class ModelBuilder {
 public:
  // Adds the upstream, or finds the one that is equal to it. `upstream.id.discriminator` is set here, from everything
  // that the upstream says; so two upstreams of one name that differ in any setting are two.
  ir::UpstreamId AddUpstream(ir::Upstream upstream, const ir::Origin& origin);
  ir::SecretId AddSecret(ir::Secret secret, const ir::Origin& origin);
  void AddEndpointSet(ir::EndpointSet set);
  bool HasEndpointSet(const std::string& name) const { return endpoint_sets_.contains(name); }
  void AddListener(ir::Listener listener);

  // The model, in canonical order. Leaves the builder empty.
  ir::Model Take();

 private:
  struct OwnedUpstream {
    ir::Upstream upstream;
    std::set<ir::Origin> origins;
  };
  std::map<ir::UpstreamId, OwnedUpstream> upstreams_;
  std::map<ir::SecretId, std::pair<ir::Secret, std::set<ir::Origin>>> secrets_;
  std::map<std::string, ir::EndpointSet> endpoint_sets_;
  std::map<std::string, ir::Listener> listeners_;
};

}  // namespace nuncio::translate
