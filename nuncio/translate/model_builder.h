#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/ir/model.h"
#include "nuncio/translate/model_pool.h"

namespace nuncio::translate {

// The only way to add to a model: keeps one of each upstream, secret and endpoint set, and remembers every object that
// they are there for. Not thread-safe; lives as long as one translation, or as the translation of one part of it.
class ModelBuilder {
 public:
  // REQUIRES: `pool` outlives this.
  explicit ModelBuilder(ModelPool& pool) : pool_(pool) {}

  // Adds the upstream, or finds the one that is equal to it. `upstream.id.discriminator` is set here, from everything
  // that the upstream says; so two upstreams of one name that differ in any setting are two.
  Shared<ir::UpstreamId> AddUpstream(ir::Upstream upstream, const std::shared_ptr<const ir::Origin>& origin);
  ir::SecretId AddSecret(ir::Secret secret, const ir::Origin& origin);
  // The first of a name counts.
  void AddEndpointSet(ir::EndpointSetPtr set);
  void AddListener(ir::Listener listener);

  // A builder for a part of the translation that is kept for later ones.
  ModelBuilder ForPart() const { return ModelBuilder(pool_); }
  // Which upstreams were added for whom, and adding them once more: what a part of a translation added counts for as
  // long as the part holds. REQUIRES of the second: the uses live until Take().
  std::vector<UpstreamUse> TakeUpstreams() { return std::exchange(uses_, {}); }
  void AddUpstreams(const std::vector<UpstreamUse>& uses) {
    for (const UpstreamUse& use : uses) kept_uses_.push_back(&use);
  }

  // Secrets that were made before, none of which is added otherwise.
  void AddSecrets(const std::vector<ir::SecretPtr>& secrets) {
    kept_secrets_.insert(kept_secrets_.end(), secrets.begin(), secrets.end());
  }

  // The model, in canonical order. Leaves the builder empty.
  ir::Model Take();

 private:
  ModelPool& pool_;
  std::vector<UpstreamUse> uses_;
  std::vector<const UpstreamUse*> kept_uses_;
  std::vector<ir::SecretPtr> kept_secrets_;
  std::map<ir::SecretId, std::pair<ir::Secret, std::set<ir::Origin>>> secrets_;
  std::map<std::string, ir::EndpointSetPtr> endpoint_sets_;
  std::map<std::string, ir::Listener> listeners_;
};

}  // namespace nuncio::translate
