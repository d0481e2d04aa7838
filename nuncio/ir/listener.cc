#include "nuncio/ir/listener.h"

namespace nuncio::ir {

std::vector<Origin> WithOriginsOf(const SharedList<VirtualHostPtr>& hosts, std::vector<Origin> origins) {
  for (const VirtualHostPtr& host : hosts) {
    origins.insert(origins.end(), host->origins.begin(), host->origins.end());
  }
  return origins;
}

std::vector<Origin> OriginsOf(const FilterChain& chain) {
  const auto* http = std::get_if<HttpService>(&chain.service);
  return http == nullptr ? chain.origins : WithOriginsOf(http->routes.virtual_hosts, chain.origins);
}

}  // namespace nuncio::ir
