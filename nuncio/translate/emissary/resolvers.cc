#include "nuncio/translate/emissary/resolvers.h"

#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {

Resolvers::Resolvers(const store::Snapshot& snapshot, const Options& options) {
  for (const auto* resolver : Mine(snapshot.service_resolvers, options.ambassador_id)) {
    by_name_.try_emplace(resolver->meta.name, ResolverKind::kService);
  }
  for (const auto* resolver : Mine(snapshot.endpoint_resolvers, options.ambassador_id)) {
    by_name_.try_emplace(resolver->meta.name, ResolverKind::kEndpoint);
  }
  for (const auto& object : snapshot.unbuilt) {
    if (object->kind == "ConsulResolver" && IsMine(object->ambassador_id, options.ambassador_id)) {
      by_name_.try_emplace(object->meta.name, ResolverKind::kConsul);
    }
  }
  by_name_.try_emplace("kubernetes-service", ResolverKind::kService);
  by_name_.try_emplace("endpoint", ResolverKind::kEndpoint);
  by_name_.try_emplace("kubernetes-endpoint", ResolverKind::kEndpoint);
  by_name_.try_emplace("consul", ResolverKind::kConsul);
  by_name_.try_emplace("consul-endpoint", ResolverKind::kConsul);
}

std::optional<ResolverKind> Resolvers::Find(const std::string& name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace nuncio::translate::emissary
