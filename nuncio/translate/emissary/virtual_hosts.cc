#include "nuncio/translate/emissary/virtual_hosts.h"

#include <memory>
#include <utility>

#include "nuncio/translate/emissary/route_variants.h"

namespace nuncio::translate::emissary {
namespace {

// Emissary's, port included: HTTP/3 is found where the world sees it.
constexpr char kAltSvc[] = "h3=\":443\"; ma=86400, h3-29=\":443\"; ma=86400";

}  // namespace

void VirtualHosts::Begin(uint64_t round) {
  if (std::exchange(round_, round) != round) tables_.clear();
}

ir::VirtualHostPtr VirtualHosts::Get(const std::string& table, const ServedHost& served, const ListenerSpec& listener,
                                     bool advertises_http3) {
  routes_.clear();
  for (const MappingGroup* group : *served.groups) {
    AppendRoutes(*group, listener.security_model, served.host->insecure_action, routes_);
  }
  Made& made = tables_[table][served.host];
  if (made.host != nullptr && made.http3 == advertises_http3 && made.host->routes == routes_) return made.host;
  ir::VirtualHost host;
  host.name = served.host->domain;
  host.domains = {served.host->domain};
  host.routes = routes_;
  if (advertises_http3) host.response_headers.add.push_back({"alt-svc", kAltSvc, true});
  host.origins = {served.host->origin};
  made = {std::make_shared<const ir::VirtualHost>(std::move(host)), advertises_http3};
  return made.host;
}

}  // namespace nuncio::translate::emissary
