#include <string_view>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/listener_chains.h"

namespace nuncio::translate::emissary {
namespace {

std::string NameOf(const ActiveHost& host) { return absl::StrCat(host.ns, "/", host.name); }

bool SameContext(const TlsSettings& a, const TlsSettings& b) { return a.origin == b.origin && a.name == b.name; }

using HostsByDomain = std::map<std::string_view, size_t>;

class HttpChains {
 public:
  HttpChains(Context& context, const ListenerSpec& listener, const std::vector<ActiveHost>& hosts)
      : context_(context), listener_(listener), hosts_(hosts) {}

  void AddTls(const std::vector<size_t>& taken, ListenerChains& chains) {
    struct Sharing {
      const ActiveHost* first = nullptr;
      HostsByDomain domains;
    };
    std::map<std::string, Sharing> by_sni;
    for (const size_t number : taken) {
      const ActiveHost& host = hosts_[number];
      if (!host.tls) continue;
      if (const auto tcp = chains.by_sni.find(host.sni); tcp != chains.by_sni.end()) {
        LosesToTcp(host, tcp->second.origins.front(), "over TLS");
        continue;
      }
      Sharing& sharing = by_sni[host.sni];
      if (sharing.first == nullptr) sharing.first = &host;
      if (SameContext(*sharing.first->tls, *host.tls)) {
        Put(number, "over TLS", sharing.domains);
      } else {
        Conflict(host, *sharing.first, "over TLS",
                 absl::StrCat("has the same name in TLS (", host.sni, ") with a TLS context of its own"));
      }
    }
    for (const auto& [sni, sharing] : by_sni) {
      ir::FilterChain chain = ChainOf(absl::StrCat("httpshost-", NameOf(*sharing.first)), sharing.domains, chains);
      chain.tls = DownstreamTlsOf(*sharing.first->tls);
      // HTTP/3 negotiates a protocol of its own.
      if (listener_.transport == ir::Listener::Transport::kQuic) chain.tls->alpn.clear();
      if (sni != "*") chain.server_names = {sni};
      chains.by_sni.emplace(sni, std::move(chain));
    }
  }

  void AddCleartext(const std::vector<size_t>& taken, ListenerChains& chains) {
    HostsByDomain domains;
    for (const size_t number : taken) {
      if (listener_.security_model == resource::SecurityModel::kInsecure &&
          hosts_[number].insecure_action == resource::InsecureAction::kReject) {
        continue;
      }
      if (chains.cleartext) {
        LosesToTcp(hosts_[number], chains.cleartext->origins.front(), "in cleartext");
      } else {
        Put(number, "in cleartext", domains);
      }
    }
    // A port whose Hosts all reject is open and answers 404, as Emissary's is; unless TLS is what it is there for.
    const bool all_reject = domains.empty() && !taken.empty() && chains.empty();
    if (!domains.empty() || all_reject) chains.cleartext = ChainOf("httphost-shared", domains, chains);
  }

 private:
  void Put(size_t number, const char* how, HostsByDomain& domains) {
    // Hosts come sorted by their hostnames: mostly the last place is the right one.
    size_t& place = domains.try_emplace(domains.end(), hosts_[number].domain, number)->second;
    if (place != number) Conflict(hosts_[place], hosts_[number], how, "has the same hostname");
    place = number;
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

  ir::FilterChain ChainOf(const std::string& name, const HostsByDomain& domains, ListenerChains& chains) {
    std::vector<size_t>& served = chains.served[name];
    for (const auto& [domain, number] : domains) served.push_back(number);
    ir::FilterChain chain;
    chain.name = name;
    chain.service = ir::HttpService{{name, {}}};
    return chain;
  }

  Context& context_;
  const ListenerSpec& listener_;
  const std::vector<ActiveHost>& hosts_;
};

}  // namespace

void AddHttpChains(Context& context, const ListenerSpec& listener, const std::vector<ActiveHost>& hosts,
                   const std::vector<size_t>& taken, ListenerChains& chains) {
  HttpChains http(context, listener, hosts);
  if (listener.tls) http.AddTls(taken, chains);
  if (listener.transport == ir::Listener::Transport::kTcp) http.AddCleartext(taken, chains);
}

}  // namespace nuncio::translate::emissary
