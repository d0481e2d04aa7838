#include "nuncio/translate/prune.h"

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

namespace nuncio::translate {
namespace {

// Calls `differ` for pairs of what stands in one list and not, at the same place, in the other; null where there is
// nothing left to pair. What both begin or end with costs one comparison of pointers.
template <typename List, typename Differ>
void ForEachDifference(const List& before, const List& now, const Differ& differ) {
  const size_t shorter = std::min(before.size(), now.size());
  size_t begin = 0, end = 0;
  while (begin < shorter && before[begin] == now[begin]) ++begin;
  while (end < shorter - begin && before[before.size() - 1 - end] == now[now.size() - 1 - end]) ++end;
  for (size_t i = begin; i < std::max(before.size(), now.size()) - end; ++i) {
    differ(i < before.size() - end ? before[i].get() : nullptr, i < now.size() - end ? now[i].get() : nullptr);
  }
}

// What the listeners and upstreams of a model lead to, beside what its routes do.
struct Uses {
  std::set<ir::UpstreamId> upstreams;
  std::set<std::string> endpoint_sets;
  std::set<ir::SecretId> secrets;

  void AddSecrets(const std::optional<ir::SecretId>& certificate, const std::optional<ir::SecretId>& trust) {
    if (certificate) secrets.insert(*certificate);
    if (trust) secrets.insert(*trust);
  }
  void Add(const ir::FilterChain& chain) {
    if (chain.tls) AddSecrets(chain.tls->certificate, chain.tls->trust);
    const auto* tcp = std::get_if<ir::TcpService>(&chain.service);
    if (tcp == nullptr) return;
    for (const ir::TcpService::Target& target : tcp->targets) upstreams.insert(target.upstream);
  }
  void Add(const ir::Upstream& upstream) {
    if (upstream.tls) AddSecrets(upstream.tls->certificate, upstream.tls->trust);
    if (const auto* endpoints = std::get_if<ir::EndpointDiscovery>(&upstream.discovery)) {
      endpoint_sets.insert(endpoints->endpoint_set);
    }
  }
};

}  // namespace

void Pruner::Count(const ir::Route& route, bool come) {
  const auto count = [&](const ir::UpstreamId& id) {
    size_t& uses = uses_[id];
    uses += come ? 1 : static_cast<size_t>(-1);
    if (uses == 0) uses_.erase(id);
  };
  const auto* forward = std::get_if<ir::Forward>(&route.action);
  if (forward == nullptr) return;
  count(forward->upstream);
  for (const ir::Mirror& mirror : forward->mirrors) count(mirror.upstream);
}

void Pruner::Follow(const ir::Model& model) {
  const auto route_differs = [&](const ir::Route* before, const ir::Route* now) {
    if (now != nullptr) Count(*now, true);
    if (before != nullptr) Count(*before, false);
  };
  static const std::vector<ir::RoutePtr> kNone;
  const auto host_differs = [&](const ir::VirtualHost* before, const ir::VirtualHost* now) {
    ForEachDifference(before == nullptr ? kNone : before->routes, now == nullptr ? kNone : now->routes, route_differs);
  };
  std::map<std::pair<std::string, std::string>, Hosts> tables;
  for (const ir::Listener& listener : model.listeners) {
    for (const ir::FilterChain& chain : listener.chains) {
      const auto* http = std::get_if<ir::HttpService>(&chain.service);
      if (http == nullptr) continue;
      Hosts& last = tables_[{listener.name, chain.name}];
      if (!last.shares(http->routes.virtual_hosts)) {
        ForEachDifference(last, http->routes.virtual_hosts, host_differs);
      }
      tables[{listener.name, chain.name}] = http->routes.virtual_hosts;
      last = {};
    }
  }
  for (const auto& [name, gone] : tables_) ForEachDifference(gone, Hosts{}, host_differs);
  tables_ = std::move(tables);
}

void Pruner::Prune(ir::Model& model) {
  Follow(model);
  Uses uses;
  for (const ir::Listener& listener : model.listeners) {
    for (const ir::FilterChain& chain : listener.chains) uses.Add(chain);
  }
  std::erase_if(model.upstreams, [&](const ir::UpstreamPtr& upstream) {
    return !uses_.contains(upstream->id) && !uses.upstreams.contains(upstream->id);
  });
  for (const ir::UpstreamPtr& upstream : model.upstreams) uses.Add(*upstream);
  std::erase_if(model.endpoint_sets, [&](const auto& set) { return !uses.endpoint_sets.contains(set->name); });
  std::erase_if(model.secrets, [&](const auto& secret) { return !uses.secrets.contains(secret->id); });
}

}  // namespace nuncio::translate
