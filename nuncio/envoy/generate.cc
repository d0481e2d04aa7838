#include "nuncio/envoy/generate.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/secret.pb.h"
#include "nuncio/envoy/cluster.h"
#include "nuncio/envoy/endpoint.h"
#include "nuncio/envoy/filter_chain.h"
#include "nuncio/envoy/listener.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/route_bytes.h"
#include "nuncio/envoy/route_configuration.h"
#include "nuncio/envoy/secret.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"

namespace nuncio::envoy {
namespace {

using OriginPtrs = std::vector<const ir::Origin*>;

// What has been made so far. Lives for one Generate.
struct Output {
  Config config;
  References known;
  Refusals refusals;
  RouteBytes routes{known, refusals};
};

void Append(const std::vector<ir::Origin>& origins, OriginPtrs& all) {
  for (const ir::Origin& origin : origins) all.push_back(&origin);
}

std::vector<ir::Origin> SortedUnique(OriginPtrs pointers) {
  std::sort(pointers.begin(), pointers.end(), [](auto* a, auto* b) { return *a < *b; });
  pointers.erase(std::unique(pointers.begin(), pointers.end(), [](auto* a, auto* b) { return *a == *b; }),
                 pointers.end());
  std::vector<ir::Origin> origins;
  origins.reserve(pointers.size());
  for (const ir::Origin* origin : pointers) origins.push_back(*origin);
  return origins;
}

void AddResource(ResourceType type, std::string name, std::string bytes, OriginPtrs origins, Output& out) {
  Resource resource;
  resource.name = std::move(name);
  resource.bytes = std::move(bytes);
  resource.version = VersionOf(resource.bytes);
  resource.origins = SortedUnique(std::move(origins));
  out.config.resources[static_cast<size_t>(type)].push_back(std::make_shared<const Resource>(std::move(resource)));
}

void AddSecrets(const ir::Model& model, Output& out) {
  for (const ir::Secret& secret : model.secrets) {
    const pb::Secret proto = MakeSecret(secret);
    if (const auto violation = FindViolation(secret, proto)) {
      out.refusals.Add(absl::StrCat("the secret ", secret.id.value), secret.origins, *violation);
      continue;
    }
    out.known.secrets.insert(proto.name());
    OriginPtrs origins;
    Append(secret.origins, origins);
    AddResource(ResourceType::kSecret, proto.name(), Serialize(proto), std::move(origins), out);
  }
}

std::vector<ir::Endpoint> Usable(const ir::EndpointSet& set, Output& out) {
  std::vector<ir::Endpoint> endpoints;
  for (const ir::Endpoint& endpoint : set.endpoints) {
    if (const auto violation = FindViolation(endpoint)) {
      out.refusals.Add(absl::StrCat("the endpoint ", endpoint.address), set.origins, *violation);
    } else {
      endpoints.push_back(endpoint);
    }
  }
  return endpoints;
}

// A set that the model does not have is empty: the upstream answers 503.
void AddEndpoints(const ir::Upstream& upstream, const ir::EndpointSet& set, Output& out) {
  const std::string name = ClusterName(upstream.id);
  OriginPtrs origins;
  Append(set.origins, origins);
  Append(upstream.origins, origins);
  AddResource(ResourceType::kEndpoints, name, Serialize(MakeLoadAssignment(name, Usable(set, out))), std::move(origins),
              out);
}

void AddClusters(const ir::Model& model, Output& out) {
  static const ir::EndpointSet kEmpty;
  std::map<std::string_view, const ir::EndpointSet*> sets;
  for (const ir::EndpointSet& set : model.endpoint_sets) sets[set.name] = &set;
  for (const ir::Upstream& upstream : model.upstreams) {
    const pb::Cluster proto = MakeCluster(upstream);
    if (const auto violation = FindViolation(upstream, proto, out.known)) {
      out.refusals.Add(absl::StrCat("the upstream ", upstream.id.name), upstream.origins, *violation);
      continue;
    }
    out.known.clusters.insert(proto.name());
    OriginPtrs origins;
    Append(upstream.origins, origins);
    AddResource(ResourceType::kCluster, proto.name(), Serialize(proto), std::move(origins), out);
    if (const auto* discovery = std::get_if<ir::EndpointDiscovery>(&upstream.discovery)) {
      const auto set = sets.find(discovery->endpoint_set);
      AddEndpoints(upstream, set == sets.end() ? kEmpty : *set->second, out);
    }
  }
}

void AddRoutes(const ir::Listener& listener, const ir::FilterChain& chain, Output& out) {
  const auto* service = std::get_if<ir::HttpService>(&chain.service);
  if (service == nullptr) return;
  OriginPtrs origins = OriginsOf(service->routes);
  Append(chain.origins, origins);
  AddResource(ResourceType::kRoutes, RouteConfigurationName(listener, service->routes),
              SerializeRouteConfiguration(listener, service->routes, out.routes, out.refusals), std::move(origins),
              out);
}

// Envoy takes each match of a listener's chains once.
using ChainMatches = std::set<std::pair<bool, std::string>>;

std::optional<Violation> TakeMatch(const pb::FilterChain& proto, ChainMatches& taken) {
  const auto& match = proto.filter_chain_match();
  std::vector<std::string> names(match.server_names().begin(), match.server_names().end());
  if (names.empty()) names.push_back("");
  for (const std::string& name : names) {
    if (!taken.insert({!match.transport_protocol().empty(), name}).second) {
      return Violation{"filter_chain_match", absl::StrCat("must not match ", name.empty() ? "all connections" : name,
                                                          " as another chain of this listener does")};
    }
  }
  return std::nullopt;
}

void AddListener(const ir::Listener& listener, Output& out) {
  pb::Listener proto = MakeListener(listener);
  if (const auto violation = FindViolation(listener, proto)) {
    out.refusals.Add(absl::StrCat("the listener ", listener.name), listener.origins, *violation);
    return;
  }
  ChainMatches taken;
  OriginPtrs origins;
  Append(listener.origins, origins);
  for (const ir::FilterChain& chain : listener.chains) {
    pb::FilterChain made = MakeFilterChain(listener, chain);
    auto violation = FindViolation(listener, chain, made, out.known);
    if (!violation) violation = TakeMatch(made, taken);
    if (violation) {
      out.refusals.Add(absl::StrCat("the filter chain ", chain.name, " of listener ", listener.name), chain.origins,
                       *violation);
      continue;
    }
    *proto.add_filter_chains() = std::move(made);
    Append(chain.origins, origins);
    AddRoutes(listener, chain, out);
  }
  if (proto.filter_chains().empty()) return;  // nothing to serve; each refused chain is reported
  AddResource(ResourceType::kListener, proto.name(), Serialize(proto), std::move(origins), out);
}

void AddListeners(const ir::Model& model, Output& out) {
  std::set<std::tuple<std::string, uint16_t, ir::Listener::Transport>> taken;
  for (const ir::Listener& listener : model.listeners) {
    if (taken.emplace(listener.address, listener.port, listener.transport).second) {
      AddListener(listener, out);
    } else {
      out.refusals.Add(absl::StrCat("the listener ", listener.name), listener.origins,
                       {"address", "must not be that of another listener; choose another port"});
    }
  }
}

}  // namespace

Generated Generate(const ir::Model& model) {
  Output out;
  AddSecrets(model, out);
  AddClusters(model, out);
  AddListeners(model, out);
  for (auto& resources : out.config.resources) {
    std::sort(resources.begin(), resources.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
  }
  return {std::make_shared<const Config>(std::move(out.config)), out.refusals.Take()};
}

}  // namespace nuncio::envoy
