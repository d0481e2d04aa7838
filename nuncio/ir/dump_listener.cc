#include <algorithm>

#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {
namespace {

const char* Text(Listener::ListenerFilter filter) {
  return filter == Listener::ListenerFilter::kProxyProtocol ? "proxy_protocol" : "tls_inspector";
}

Json DumpTarget(const TcpService::Target& target) {
  return DumpedObject().Always("upstream", Dump(target.upstream)).Always("weight", target.weight).Take();
}

struct ServiceVisitor {
  DumpedObject& object;
  void operator()(const HttpService& http) const {
    object.Always(
        "http",
        DumpedObject().Always("name", http.routes.name).Member("virtual_hosts", http.routes.virtual_hosts).Take());
  }
  void operator()(const TcpService& tcp) const {
    Json targets = Json::array();
    for (const TcpService::Target& target : tcp.targets) targets.push_back(DumpTarget(target));
    object.Always("tcp", DumpedObject()
                             .Member("stat_prefix", tcp.stat_prefix)
                             .Always("targets", std::move(targets))
                             .Member("idle_timeout", tcp.idle_timeout)
                             .Take());
  }
};

}  // namespace

Json Dump(const VirtualHost& host) {
  return DumpedObject()
      .Always("name", host.name)
      .Always("domains", host.domains)
      .Always("routes", Dump(host.routes))
      .Member("response_headers", *host.response_headers)
      .Member("origins", host.origins)
      .Take();
}

Json Dump(const FilterChain& chain) {
  DumpedObject object;
  object.Always("name", chain.name).Member("server_names", chain.server_names).Member("tls", chain.tls);
  std::visit(ServiceVisitor{object}, chain.service);
  std::vector<Origin> origins = OriginsOf(chain);
  std::sort(origins.begin(), origins.end());
  return object.Member("origins", origins).Take();
}

Json Dump(const Listener& listener) {
  DumpedObject object;
  object.Always("name", listener.name)
      .Member("address", listener.address, Listener().address)
      .Always("port", listener.port);
  if (listener.transport == Listener::Transport::kQuic) object.Always("transport", "quic");
  Json filters = Json::array();
  for (const Listener::ListenerFilter filter : listener.listener_filters) filters.push_back(Text(filter));
  if (!filters.empty()) object.Always("listener_filters", std::move(filters));
  return object.Member("buffer_limit_bytes", listener.buffer_limit_bytes)
      .Member("http", listener.http)
      .Member("chains", listener.chains)
      .Member("origins", listener.origins)
      .Take();
}

}  // namespace nuncio::ir
