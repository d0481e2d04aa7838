#include "nuncio/translate/emissary/listener_layout.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/listener_chains.h"
#include "nuncio/translate/emissary/listener_spec.h"

namespace nuncio::translate::emissary {
namespace {

using Transport = ir::Listener::Transport;

bool IsBoundTo(const TcpMappingGroup& group, const ListenerSpec& listener) {
  return listener.transport == Transport::kTcp && listener.address == group.address && listener.port == group.port;
}

std::vector<ListenerSpec> WithStandIns(std::vector<ListenerSpec> listeners,
                                       const std::vector<TcpMappingGroup>& groups) {
  for (const TcpMappingGroup& group : groups) {
    const auto bound = std::find_if(listeners.begin(), listeners.end(),
                                    [&](const ListenerSpec& listener) { return IsBoundTo(group, listener); });
    if (bound == listeners.end()) listeners.push_back(StandInFor(group));
  }
  return listeners;
}

// One run over all listeners.
class Layout {
 public:
  Layout(Context& context, const Terminations& terminations, const TakenGroups& taken,
         const std::vector<TcpMappingGroup>& tcp_groups)
      : context_(context),
        terminations_(terminations),
        taken_(taken),
        tcp_groups_(tcp_groups),
        specs_(WithStandIns(ReadListeners(context), tcp_groups)) {}

  std::vector<LaidOutListener> Run(Reached& reached) {
    for (const ListenerSpec& spec : specs_) {
      const std::vector<size_t> taken = HostsOf(spec);
      for (const size_t host : taken) {
        reached.hosts[host] = true;
        for (const size_t group : taken_.groups_of(host)) reached.groups[group] = true;
      }
      Add(spec, taken, reached);
    }
    return std::move(listeners_);
  }

 private:
  std::vector<size_t> HostsOf(const ListenerSpec& spec) const {
    std::vector<size_t> taken;
    for (size_t i = 0; i < terminations_.hosts.size(); ++i) {
      if (Takes(spec, terminations_.hosts[i], context_.options.strict_label_selectors)) taken.push_back(i);
    }
    return taken;
  }

  // Whether HTTP/3 is served at the same address and port.
  bool AdvertisesHttp3(const ListenerSpec& spec) const {
    if (!spec.http || spec.transport != Transport::kTcp) return false;
    return std::any_of(specs_.begin(), specs_.end(), [&](const ListenerSpec& other) {
      if (other.transport != Transport::kQuic || other.address != spec.address || other.port != spec.port) return false;
      const std::vector<size_t> taken = HostsOf(other);
      return std::any_of(taken.begin(), taken.end(),
                         [&](size_t host) { return terminations_.hosts[host].tls.has_value(); });
    });
  }

  ListenerChains ChainsOf(const ListenerSpec& spec, const std::vector<size_t>& taken) {
    std::vector<const TcpMappingGroup*> tcp;
    for (const TcpMappingGroup& group : tcp_groups_) {
      if (IsBoundTo(group, spec)) tcp.push_back(&group);
    }
    ListenerChains chains;
    AddTcpChains(context_, spec, tcp, terminations_, chains);
    AddHttpChains(context_, spec, terminations_.hosts, taken, chains);
    return chains;
  }

  void Add(const ListenerSpec& spec, const std::vector<size_t>& taken, Reached& reached) {
    ListenerChains chains = ChainsOf(spec, taken);
    // A Host that is there for its certificate has a purpose, though no HTTP request reaches it.
    for (const ActiveHost* host : chains.lenders) reached.hosts[host - terminations_.hosts.data()] = true;
    if (chains.empty()) return ReportUnused(spec);
    reached.any_listener = true;
    ir::Listener listener = Bare(spec);
    if (spec.transport == Transport::kTcp && (spec.tls || !chains.by_sni.empty())) {
      listener.listener_filters.push_back(ir::Listener::ListenerFilter::kTlsInspector);
    }
    if (chains.cleartext) listener.chains.push_back(*std::move(chains.cleartext));
    for (auto& [sni, chain] : chains.by_sni) listener.chains.push_back(std::move(chain));
    std::sort(listener.chains.begin(), listener.chains.end(),
              [](const ir::FilterChain& a, const ir::FilterChain& b) { return a.name < b.name; });
    std::vector<LaidOutListener::Table> tables;
    for (size_t i = 0; i < listener.chains.size(); ++i) {
      const std::string& name = listener.chains[i].name;
      const auto served = chains.served.find(name);
      if (served == chains.served.end()) continue;
      Serving serving{absl::StrCat(spec.name, "/", name), spec.security_model, AdvertisesHttp3(spec)};
      tables.push_back({i, std::move(serving), std::move(served->second)});
    }
    listeners_.push_back({std::move(listener), std::move(tables)});
  }

  // Without chains.
  ir::Listener Bare(const ListenerSpec& spec) const {
    ir::Listener listener;
    listener.name = spec.name;
    listener.address = spec.address;
    listener.port = spec.port;
    listener.transport = spec.transport;
    listener.buffer_limit_bytes = context_.module.buffer_limit_bytes;
    listener.http = context_.module.http;
    listener.http.stat_prefix = spec.stat_prefix;
    listener.http.xff_trusted_hops = spec.l7_depth;
    listener.http.http2_max_concurrent_streams = spec.http2_max_concurrent_streams;
    listener.origins = spec.origins;
    // The PROXY header comes before the TLS handshake, wherever the stack has it.
    if (spec.proxy) listener.listener_filters.push_back(ir::Listener::ListenerFilter::kProxyProtocol);
    return listener;
  }

  void ReportUnused(const ListenerSpec& spec) {
    for (const ir::Origin& origin : spec.origins) {
      if (origin.kind != "Listener") continue;  // a TCPMapping, which has a finding of its own
      context_.report.Error(origin, code::kListenerUnused, "spec.hostBinding",
                            spec.http ? "takes no Host that could be served here, so that the port stays closed; check"
                                        " the namespaces and labels of the Hosts, and whether they have a tlsSecret"
                                      : "has no TCPMapping of its port, so that it stays closed");
    }
  }

  Context& context_;
  const Terminations& terminations_;
  const TakenGroups& taken_;
  const std::vector<TcpMappingGroup>& tcp_groups_;
  const std::vector<ListenerSpec> specs_;
  std::vector<LaidOutListener> listeners_;
};

}  // namespace

std::vector<LaidOutListener> LayOutListeners(Context& context, const Terminations& terminations,
                                             const TakenGroups& taken, const std::vector<TcpMappingGroup>& tcp_groups,
                                             Reached& reached) {
  return Layout(context, terminations, taken, tcp_groups).Run(reached);
}

}  // namespace nuncio::translate::emissary
