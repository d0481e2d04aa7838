#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/host_glob.h"
#include "nuncio/translate/emissary/listener_chains.h"

namespace nuncio::translate::emissary {
namespace {

// The TLS of the first Host whose name the TCPMapping's could be, else of a TLSContext that lists it.
const TlsSettings* TerminationFor(const std::string& name, const Terminations& terminations, ListenerChains& chains) {
  for (const ActiveHost& host : terminations.hosts) {
    if (!host.tls || !HostGlobsOverlap(host.hostname, name)) continue;
    chains.lenders.insert(&host);
    return &*host.tls;
  }
  for (const auto& [context_name, settings] : terminations.contexts) {
    for (const std::string& listed : settings.hosts) {
      if (listed == name && settings.certificate) return &settings;
    }
  }
  return nullptr;
}

ir::FilterChain ChainOf(const ListenerSpec& listener, const TcpMappingGroup& group) {
  ir::FilterChain chain;
  chain.name = absl::StrCat("tcphost-", group.name);
  ir::TcpService service = group.service;
  service.stat_prefix = listener.stat_prefix;
  chain.service = std::move(service);
  chain.origins = group.origins;
  return chain;
}

void AddChain(Context& context, const ListenerSpec& listener, const TcpMappingGroup& group,
              const Terminations& terminations, ListenerChains& chains) {
  ir::FilterChain chain = ChainOf(listener, group);
  if (group.host.empty()) {
    chains.cleartext = std::move(chain);
    return;
  }
  const std::string sni = absl::AsciiStrToLower(group.host);
  const auto error = [&](std::string_view code, const std::string& message) {
    for (const ir::Origin& origin : group.origins) context.report.Error(origin, code, "spec.host", message);
  };
  const TlsSettings* tls = TerminationFor(group.host, terminations, chains);
  if (tls == nullptr) {
    return error(code::kTlsContextMissing,
                 absl::StrCat("is ", group.host,
                              ", for which no Host with a tlsSecret and no TLSContext that lists it in"
                              " its hosts has a certificate; the TCPMapping is left out until one has"));
  }
  chain.tls = DownstreamTlsOf(*tls);
  if (sni != "*") chain.server_names = {sni};
  const auto [at, is_new] = chains.by_sni.try_emplace(sni, std::move(chain));
  if (!is_new) {
    error(code::kMappingConflict,
          absl::StrCat("is that of TCPMapping ", at->second.origins.front().ns, "/", at->second.origins.front().name,
                       " too, which is used; the TCPMapping is left out"));
  }
}

}  // namespace

void AddTcpChains(Context& context, const ListenerSpec& listener, const std::vector<const TcpMappingGroup*>& groups,
                  const Terminations& terminations, ListenerChains& chains) {
  for (const TcpMappingGroup* group : groups) AddChain(context, listener, *group, terminations, chains);
}

}  // namespace nuncio::translate::emissary
