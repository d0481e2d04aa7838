#include <string_view>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/listener_chains.h"

namespace nuncio::translate::emissary {
namespace {

std::string NameOf(const ActiveHost& host) { return absl::StrCat(host.ns, "/", host.name); }

bool SameContext(const TlsSettings& a, const TlsSettings& b) { return a.origin == b.origin && a.name == b.name; }

using HostsByDomain = std::map<std::string_view, ServedHost>;

class HttpChains {
 public:
  HttpChains(Context& context, const ListenerSpec& listener, bool advertises_http3, VirtualHosts& virtual_hosts)
      : context_(context), listener_(listener), advertises_http3_(advertises_http3), virtual_hosts_(virtual_hosts) {}

  void AddTls(const std::vector<ServedHost>& hosts, ListenerChains& chains) {
    struct Sharing {
      const ActiveHost* first = nullptr;
      HostsByDomain domains;
    };
    std::map<std::string, Sharing> by_sni;
    for (const ServedHost& served : hosts) {
      const ActiveHost& host = *served.host;
      if (!host.tls) continue;
      if (const auto tcp = chains.by_sni.find(host.sni); tcp != chains.by_sni.end()) {
        LosesToTcp(host, tcp->second.origins.front(), "over TLS");
        continue;
      }
      Sharing& sharing = by_sni[host.sni];
      if (sharing.first == nullptr) sharing.first = &host;
      if (SameContext(*sharing.first->tls, *host.tls)) {
        Put(served, "over TLS", sharing.domains);
      } else {
        Conflict(host, *sharing.first, "over TLS",
                 absl::StrCat("has the same name in TLS (", host.sni, ") with a TLS context of its own"));
      }
    }
    for (const auto& [sni, sharing] : by_sni) {
      ir::FilterChain chain = ChainOf(absl::StrCat("httpshost-", NameOf(*sharing.first)), sharing.domains);
      chain.tls = DownstreamTlsOf(*sharing.first->tls);
      // HTTP/3 negotiates a protocol of its own.
      if (listener_.transport == ir::Listener::Transport::kQuic) chain.tls->alpn.clear();
      if (sni != "*") chain.server_names = {sni};
      chains.by_sni.emplace(sni, std::move(chain));
    }
  }

  void AddCleartext(const std::vector<ServedHost>& hosts, ListenerChains& chains) {
    HostsByDomain domains;
    for (const ServedHost& served : hosts) {
      if (listener_.security_model == resource::SecurityModel::kInsecure &&
          served.host->insecure_action == resource::InsecureAction::kReject) {
        continue;
      }
      if (chains.cleartext) {
        LosesToTcp(*served.host, chains.cleartext->origins.front(), "in cleartext");
      } else {
        Put(served, "in cleartext", domains);
      }
    }
    // A port whose Hosts all reject is open and answers 404, as Emissary's is; unless TLS is what it is there for.
    const bool all_reject = domains.empty() && !hosts.empty() && chains.empty();
    if (!domains.empty() || all_reject) chains.cleartext = ChainOf("httphost-shared", domains);
  }

 private:
  void Put(const ServedHost& served, const char* how, HostsByDomain& domains) {
    // Hosts come sorted by their hostnames: mostly the last place is the right one.
    ServedHost& place = domains.try_emplace(domains.end(), served.host->domain)->second;
    if (place.host != nullptr) Conflict(*place.host, *served.host, how, "has the same hostname");
    place = served;
  }

  void Conflict(const ActiveHost& loser, const ActiveHost& winner, const char* how, const std::string& why) {
    context_.report.Error(loser.origin, code::kHostConflict, "spec.hostname",
                          absl::StrCat("is not served ", how, ", as Host ", NameOf(winner), " ", why,
                                       " and is; merge the two Hosts into one"));
  }

  void LosesToTcp(const ActiveHost& host, const ir::Origin& tcp, const char* how) {
    context_.report.Error(host.origin, code::kHostConflict, "spec.hostname",
                          absl::StrCat("is not served ", how, " at port ", listener_.port, ", as TCPMapping ", tcp.ns,
                                       "/", tcp.name, " takes the same connections; give it another host or port"));
  }

  ir::FilterChain ChainOf(const std::string& name, const HostsByDomain& domains) {
    ir::FilterChain chain;
    chain.name = name;
    ir::HttpService service;
    service.routes.name = name;
    const std::string table = absl::StrCat(listener_.name, "/", name);
    std::vector<ir::VirtualHostPtr> hosts;
    hosts.reserve(domains.size());
    for (const auto& [domain, served] : domains) {
      hosts.push_back(virtual_hosts_.Get(table, served, listener_, advertises_http3_));
    }
    service.routes.virtual_hosts = std::move(hosts);
    chain.service = std::move(service);
    return chain;
  }

  Context& context_;
  const ListenerSpec& listener_;
  const bool advertises_http3_;
  VirtualHosts& virtual_hosts_;
};

}  // namespace

void AddHttpChains(Context& context, const ListenerSpec& listener, bool advertises_http3,
                   const std::vector<ServedHost>& hosts, VirtualHosts& virtual_hosts, ListenerChains& chains) {
  HttpChains http(context, listener, advertises_http3, virtual_hosts);
  if (listener.tls) http.AddTls(hosts, chains);
  if (listener.transport == ir::Listener::Transport::kTcp) http.AddCleartext(hosts, chains);
}

}  // namespace nuncio::translate::emissary
