#include "nuncio/envoy/generate.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
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
#include "nuncio/envoy/memo.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/envoy/route_configuration.h"
#include "nuncio/envoy/secret.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"

namespace nuncio::envoy {
namespace {

// What is made of one model. Lives for one Generate.
struct Output {
  Config config;
  References known;
  Refusals refusals;
};

void AddResource(ResourceType type, ResourcePtr resource, Output& out) {
  out.config.resources[static_cast<size_t>(type)].push_back(std::move(resource));
}

ResourcePtr MakeResource(std::string name, const pb::Message& message, Origins origins) {
  std::string bytes = Serialize(message);
  std::string version = VersionOf(bytes);
  return std::make_shared<const Resource>(
      Resource{std::move(name), std::move(bytes), std::move(version), std::move(origins)});
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

// Whether each name of `before` is among those of `now`.
bool HoldsAll(const std::unordered_set<std::string>& before, const std::unordered_set<std::string>& now) {
  return std::all_of(before.begin(), before.end(), [&](const std::string& name) { return now.contains(name); });
}

}  // namespace

// What was made of the last model, found again by the pointers that the next one shares with it. A violation that
// depends on another noun is never remembered.
struct Generator::State {
  struct Endpoints {
    ir::EndpointSetPtr set;
    ResourcePtr made;
  };
  struct Cluster {
    ResourcePtr made;
    Endpoints endpoints;
  };

  void AddSecrets(const ir::Model& model, Output& out);
  void AddClusters(const ir::Model& model, Output& out);
  void AddEndpoints(const ir::UpstreamPtr& upstream, const ir::EndpointSetPtr& set, Endpoints& last, Output& out);
  void AddListener(const ir::Listener& listener, Output& out);
  void AddListeners(const ir::Model& model, Output& out);
  void CountEpoch(References& known);

  Memo<ir::Secret, ResourcePtr> secrets;
  Memo<ir::Upstream, Cluster> clusters;
  RouteConfigurations routes;
  References last_known;
};

void Generator::State::AddSecrets(const ir::Model& model, Output& out) {
  for (const ir::SecretPtr& secret : model.secrets) {
    ResourcePtr& made = secrets[secret];
    if (made == nullptr) {
      const pb::Secret proto = MakeSecret(*secret);
      if (const auto violation = FindViolation(*secret, proto)) {
        out.refusals.Add(absl::StrCat("the secret ", secret->id.value), secret->origins, *violation);
        continue;
      }
      made = MakeResource(proto.name(), proto, Origins(secret->origins));
    }
    out.known.secrets.insert(made->name);
    AddResource(ResourceType::kSecret, made, out);
  }
}

// A set that the model does not have is empty: the upstream answers 503.
void Generator::State::AddEndpoints(const ir::UpstreamPtr& upstream, const ir::EndpointSetPtr& set, Endpoints& last,
                                    Output& out) {
  static const ir::EndpointSetPtr kEmpty = std::make_shared<const ir::EndpointSet>();
  const ir::EndpointSetPtr& now = set == nullptr ? kEmpty : set;
  if (last.made == nullptr || last.set != now) {
    const std::string name = ClusterName(upstream->id);
    const std::vector<ir::Endpoint> usable = Usable(*now, out);
    last.made = MakeResource(name, MakeLoadAssignment(name, usable), Origins([upstream, now] {
                               std::vector<ir::Origin> origins = now->origins;
                               origins.insert(origins.end(), upstream->origins.begin(), upstream->origins.end());
                               return origins;
                             }));
    // What was left out is to be reported with the next model too.
    last.set = usable.size() == now->endpoints.size() ? now : nullptr;
  }
  AddResource(ResourceType::kEndpoints, last.made, out);
}

void Generator::State::AddClusters(const ir::Model& model, Output& out) {
  std::unordered_map<std::string_view, ir::EndpointSetPtr> sets;
  for (const ir::EndpointSetPtr& set : model.endpoint_sets) sets[set->name] = set;
  for (const ir::UpstreamPtr& upstream : model.upstreams) {
    Cluster& cluster = clusters[upstream];
    // Whether its secrets are usable is not up to the upstream.
    if (cluster.made == nullptr || upstream->tls) {
      const pb::Cluster proto = MakeCluster(*upstream);
      if (const auto violation = FindViolation(*upstream, proto, out.known)) {
        const std::vector<ir::Origin> origins(upstream->origins.begin(), upstream->origins.end());
        out.refusals.Add(absl::StrCat("the upstream ", upstream->id.name), origins, *violation);
        continue;
      }
      cluster.made = MakeResource(proto.name(), proto, Origins([upstream] {
                                    return std::vector<ir::Origin>(upstream->origins.begin(), upstream->origins.end());
                                  }));
    }
    out.known.clusters.insert(cluster.made->name);
    AddResource(ResourceType::kCluster, cluster.made, out);
    if (const auto* discovery = std::get_if<ir::EndpointDiscovery>(&upstream->discovery)) {
      const auto set = sets.find(discovery->endpoint_set);
      AddEndpoints(upstream, set == sets.end() ? nullptr : set->second, cluster.endpoints, out);
    }
  }
  CountEpoch(out.known);
}

void Generator::State::CountEpoch(References& known) {
  known.epoch = last_known.epoch + (HoldsAll(last_known.clusters, known.clusters) ? 0 : 1);
  last_known = known;
}

void Generator::State::AddListener(const ir::Listener& listener, Output& out) {
  pb::Listener proto = MakeListener(listener);
  if (const auto violation = FindViolation(listener, proto)) {
    out.refusals.Add(absl::StrCat("the listener ", listener.name), listener.origins, *violation);
    return;
  }
  ChainMatches taken;
  std::vector<ir::Origin> origins = listener.origins;
  std::vector<SharedList<ir::VirtualHostPtr>> hosts;
  for (const ir::FilterChain& chain : listener.chains) {
    pb::FilterChain made = MakeFilterChain(listener, chain);
    auto violation = FindViolation(listener, chain, made, out.known);
    if (!violation) violation = TakeMatch(made, taken);
    if (violation) {
      out.refusals.Add(absl::StrCat("the filter chain ", chain.name, " of listener ", listener.name),
                       ir::OriginsOf(chain), *violation);
      continue;
    }
    *proto.add_filter_chains() = std::move(made);
    origins.insert(origins.end(), chain.origins.begin(), chain.origins.end());
    if (const auto* http = std::get_if<ir::HttpService>(&chain.service)) {
      hosts.push_back(http->routes.virtual_hosts);
      AddResource(ResourceType::kRoutes, routes.Make(listener, chain, http->routes, out.known, out.refusals), out);
    }
  }
  if (proto.filter_chains().empty()) return;  // nothing to serve; each refused chain is reported
  AddResource(ResourceType::kListener,
              MakeResource(proto.name(), proto, Origins([origins = std::move(origins), hosts = std::move(hosts)] {
                             std::vector<ir::Origin> all = origins;
                             for (const auto& list : hosts) all = ir::WithOriginsOf(list, std::move(all));
                             return all;
                           })),
              out);
}

void Generator::State::AddListeners(const ir::Model& model, Output& out) {
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

Generator::Generator() : state_(std::make_unique<State>()) {}
Generator::~Generator() = default;

Generated Generator::Generate(const ir::Model& model) {
  Output out;
  state_->AddSecrets(model, out);
  state_->AddClusters(model, out);
  state_->AddListeners(model, out);
  state_->secrets.SweepUnasked();
  state_->clusters.SweepUnasked();
  state_->routes.Sweep();
  for (auto& resources : out.config.resources) {
    std::sort(resources.begin(), resources.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
  }
  return {std::make_shared<const Config>(std::move(out.config)), out.refusals.Take()};
}

Generated Generate(const ir::Model& model) { return Generator().Generate(model); }

}  // namespace nuncio::envoy
