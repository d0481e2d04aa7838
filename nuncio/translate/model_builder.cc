#include "nuncio/translate/model_builder.h"

#include <algorithm>
#include <utility>

#include "nuncio/translate/fingerprint.h"

namespace nuncio::translate {

Shared<ir::UpstreamId> ModelBuilder::AddUpstream(ir::Upstream upstream,
                                                 const std::shared_ptr<const ir::Origin>& origin) {
  upstream.id.discriminator = Fingerprint(upstream);
  uses_.push_back({pool_.Intern(std::move(upstream)), origin});
  const ir::UpstreamPtr& added = uses_.back().upstream;
  return std::shared_ptr<const ir::UpstreamId>(added, &added->id);
}

ir::SecretId ModelBuilder::AddSecret(ir::Secret secret, const ir::Origin& origin) {
  const ir::SecretId id = secret.id;
  secrets_.try_emplace(id, std::move(secret), std::set<ir::Origin>{}).first->second.second.insert(origin);
  return id;
}

void ModelBuilder::AddEndpointSet(ir::EndpointSetPtr set) {
  const std::string& name = set->name;
  endpoint_sets_.try_emplace(name, std::move(set));
}

void ModelBuilder::AddListener(ir::Listener listener) {
  const std::string name = listener.name;
  listeners_.try_emplace(name, std::move(listener));
}

ir::Model ModelBuilder::Take() {
  ir::Model model;
  std::vector<const UpstreamUse*> uses = std::exchange(kept_uses_, {});
  for (const UpstreamUse& use : uses_) uses.push_back(&use);
  model.upstreams = pool_.WithOrigins(uses);
  uses_.clear();
  model.secrets = std::exchange(kept_secrets_, {});
  for (auto& [id, owned] : std::exchange(secrets_, {})) {
    owned.first.origins.assign(owned.second.begin(), owned.second.end());
    model.secrets.push_back(std::make_shared<const ir::Secret>(std::move(owned.first)));
  }
  std::sort(model.secrets.begin(), model.secrets.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  for (auto& [name, set] : std::exchange(endpoint_sets_, {})) model.endpoint_sets.push_back(std::move(set));
  for (auto& [name, listener] : std::exchange(listeners_, {})) model.listeners.push_back(std::move(listener));
  return model;
}

}  // namespace nuncio::translate
