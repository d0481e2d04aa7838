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

ir::VirtualHostPtr VirtualHosts::Get(const Serving& serving, const ActiveHost& host, const MappingGroups& groups,
                                     std::span<const uint32_t> taken) {
  routes_.clear();
  for (const uint32_t group : taken) {
    AppendRoutes(*groups[group], serving.security_model, host.insecure_action, routes_);
  }
  Made& made = tables_[serving.table][&host];
  made.asked_in = sweeps_;
  if (made.host != nullptr && made.http3 == serving.advertises_http3 && made.host->routes == routes_) return made.host;
  ir::VirtualHost now;
  now.name = host.domain;
  now.domains = {host.domain};
  now.routes = routes_;
  if (serving.advertises_http3) now.response_headers = ir::HeaderEdits{{{"alt-svc", kAltSvc, true}}, {}};
  now.origins = {host.origin};
  made = {std::make_shared<const ir::VirtualHost>(std::move(now)), serving.advertises_http3, sweeps_};
  return made.host;
}

void VirtualHosts::Sweep() {
  for (auto& [name, hosts] : tables_) {
    std::erase_if(hosts, [&](const auto& each) { return each.second.asked_in != sweeps_; });
  }
  std::erase_if(tables_, [](const auto& each) { return each.second.empty(); });
  ++sweeps_;
}

}  // namespace nuncio::translate::emissary
