#include "nuncio/translate/prune.h"

#include <set>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

namespace nuncio::translate {
namespace {

class Uses {
 public:
  explicit Uses(const ir::Model& model) {
    for (const ir::Listener& listener : model.listeners) {
      for (const ir::FilterChain& chain : listener.chains) Add(chain);
    }
    for (const ir::UpstreamPtr& upstream : model.upstreams) {
      if (Has(*upstream)) Add(*upstream);
    }
  }

  bool Has(const ir::Upstream& upstream) const { return upstreams_.contains(upstream.id); }
  bool Has(const ir::EndpointSet& set) const { return endpoint_sets_.contains(set.name); }
  bool Has(const ir::Secret& secret) const { return secrets_.contains(secret.id); }

 private:
  void Add(const ir::FilterChain& chain) {
    if (chain.tls) AddSecrets(chain.tls->certificate, chain.tls->trust);
    if (const auto* tcp = std::get_if<ir::TcpService>(&chain.service)) {
      for (const ir::TcpService::Target& target : tcp->targets) upstreams_.insert(target.upstream);
      return;
    }
    for (const ir::VirtualHostPtr& host : std::get<ir::HttpService>(chain.service).routes.virtual_hosts) {
      for (const ir::RoutePtr& route : host->routes) Add(route);
    }
  }

  void Add(const ir::RoutePtr& route) {
    const auto* forward = std::get_if<ir::Forward>(&route->action);
    // Virtual hosts share routes: 10,000 Hosts hold each of them 10,000 times.
    if (forward == nullptr || !seen_.insert(route.get()).second) return;
    upstreams_.insert(forward->upstream);
    for (const ir::Mirror& mirror : forward->mirrors) upstreams_.insert(mirror.upstream);
  }

  void Add(const ir::Upstream& upstream) {
    if (upstream.tls) AddSecrets(upstream.tls->certificate, upstream.tls->trust);
    if (const auto* endpoints = std::get_if<ir::EndpointDiscovery>(&upstream.discovery)) {
      endpoint_sets_.insert(endpoints->endpoint_set);
    }
  }

  void AddSecrets(const std::optional<ir::SecretId>& certificate, const std::optional<ir::SecretId>& trust) {
    if (certificate) secrets_.insert(*certificate);
    if (trust) secrets_.insert(*trust);
  }

  std::unordered_set<const ir::Route*> seen_;
  std::set<ir::UpstreamId> upstreams_;
  std::set<std::string> endpoint_sets_;
  std::set<ir::SecretId> secrets_;
};

}  // namespace

void Prune(ir::Model& model) {
  const Uses uses(model);
  const auto unused = [&](const auto& item) { return !uses.Has(*item); };
  std::erase_if(model.upstreams, unused);
  std::erase_if(model.endpoint_sets, unused);
  std::erase_if(model.secrets, unused);
}

}  // namespace nuncio::translate
