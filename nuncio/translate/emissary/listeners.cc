#include "nuncio/translate/emissary/listeners.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/listener_chains.h"
#include "nuncio/translate/emissary/listener_spec.h"
#include "nuncio/translate/emissary/reachability.h"

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
class Listeners {
 public:
  Listeners(Context& context, const Terminations& terminations, const TakenGroups& taken,
            const std::vector<TcpMappingGroup>& tcp_groups, VirtualHosts& virtual_hosts)
      : context_(context),
        terminations_(terminations),
        taken_(taken),
        tcp_groups_(tcp_groups),
        virtual_hosts_(virtual_hosts),
        specs_(WithStandIns(ReadListeners(context), tcp_groups)) {}

  // What each Host and group is reached by is left in `reached`.
  void Run(Reached& reached) {
    for (const ListenerSpec& spec : specs_) {
      const std::vector<size_t> taken = HostsOf(spec);
      for (const size_t host : taken) {
        reached.hosts[host] = true;
        for (const size_t group : taken_.numbers_of(host)) reached.groups[group] = true;
      }
      if (Add(spec, taken, reached)) reached.any_listener = true;
    }
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

  ListenerChains ChainsOf(const ListenerSpec& spec, const std::vector<size_t>& taken, bool advertises_http3) {
    std::vector<const TcpMappingGroup*> tcp;
    for (const TcpMappingGroup& group : tcp_groups_) {
      if (IsBoundTo(group, spec)) tcp.push_back(&group);
    }
    std::vector<ServedHost> served;
    for (const size_t host : taken) served.push_back({&terminations_.hosts[host], &taken_.of(host)});
    ListenerChains chains;
    AddTcpChains(context_, spec, tcp, terminations_, chains);
    AddHttpChains(context_, spec, advertises_http3, served, virtual_hosts_, chains);
    return chains;
  }

  bool Add(const ListenerSpec& spec, const std::vector<size_t>& taken, Reached& reached) {
    const bool advertises_http3 = AdvertisesHttp3(spec);
    ListenerChains chains = ChainsOf(spec, taken, advertises_http3);
    // A Host that is there for its certificate has a purpose, though no HTTP request reaches it.
    for (const ActiveHost* host : chains.lenders) reached.hosts[host - terminations_.hosts.data()] = true;
    if (chains.empty()) {
      ReportUnused(spec);
      return false;
    }
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
    if (spec.transport == Transport::kTcp && (spec.tls || !chains.by_sni.empty())) {
      listener.listener_filters.push_back(ir::Listener::ListenerFilter::kTlsInspector);
    }
    if (chains.cleartext) listener.chains.push_back(*std::move(chains.cleartext));
    for (auto& [sni, chain] : chains.by_sni) listener.chains.push_back(std::move(chain));
    std::sort(listener.chains.begin(), listener.chains.end(),
              [](const ir::FilterChain& a, const ir::FilterChain& b) { return a.name < b.name; });
    context_.builder.AddListener(std::move(listener));
    return true;
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
  VirtualHosts& virtual_hosts_;
  const std::vector<ListenerSpec> specs_;
};

}  // namespace

void TranslateListeners(Context& context, const Terminations& terminations, const MappingGroups& groups,
                        const TakenGroups& taken, const std::vector<TcpMappingGroup>& tcp_groups,
                        VirtualHosts& virtual_hosts) {
  Reached reached{false, std::vector<bool>(terminations.hosts.size()), std::vector<bool>(groups.size())};
  Listeners(context, terminations, taken, tcp_groups, virtual_hosts).Run(reached);
  ReportUnreached(context, reached, terminations.hosts, groups);
}

}  // namespace nuncio::translate::emissary
