#include "nuncio/ir/listener.h"

namespace nuncio::ir {

std::vector<Origin> OriginsOf(const FilterChain& chain) {
  std::vector<Origin> origins = chain.origins;
  const auto* http = std::get_if<HttpService>(&chain.service);
  if (http == nullptr) return origins;
  for (const VirtualHostPtr& host : http->routes.virtual_hosts) {
    origins.insert(origins.end(), host->origins.begin(), host->origins.end());
  }
  return origins;
}

}  // namespace nuncio::ir
