#include "nuncio/envoy/route_configuration.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route.pb.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/route.h"
#include "nuncio/envoy/validate.h"
#include "nuncio/envoy/virtual_host.h"

namespace nuncio::envoy {
namespace {

// Envoy compares domains without case and refuses a table that holds one twice.
using Domains = std::set<std::string>;

void KeepFreeDomains(const ir::VirtualHost& host, Domains& taken, Refusals& refusals, pb::VirtualHost* proto) {
  proto->clear_domains();
  for (const std::string& domain : host.domains) {
    if (taken.insert(absl::AsciiStrToLower(domain)).second) {
      proto->add_domains(domain);
    } else {
      refusals.Add(absl::StrCat("the domain ", domain), host.origins,
                   {"domains", "must not hold what another virtual host has already; choose another host name"});
    }
  }
}

void AddRoutes(const ir::VirtualHost& host, const References& known, Refusals& refusals, pb::VirtualHost* proto) {
  proto->mutable_routes()->Reserve(static_cast<int>(host.routes.size()));
  for (const ir::RoutePtr& route : host.routes) {
    pb::Route made = MakeRoute(*route);
    if (const auto violation = FindViolation(*route, made, known)) {
      refusals.Add(absl::StrCat("the route for ", route->match.path.value), route->origins, *violation);
    } else {
      *proto->add_routes() = std::move(made);
    }
  }
}

}  // namespace

pb::RouteConfiguration MakeRouteConfiguration(const ir::Listener& listener, const ir::RouteTable& table,
                                              const References& known, Refusals& refusals) {
  pb::RouteConfiguration proto;
  proto.set_name(RouteConfigurationName(listener, table));
  Domains taken;
  for (const ir::VirtualHost& host : table.virtual_hosts) {
    pb::VirtualHost made = MakeVirtualHost(host, listener.advertises_http3);
    KeepFreeDomains(host, taken, refusals, &made);
    if (made.domains().empty() && !host.domains.empty()) continue;  // each domain is reported
    if (const auto violation = FindViolation(host, made)) {
      refusals.Add(absl::StrCat("the virtual host ", host.name), host.origins, *violation);
      continue;
    }
    AddRoutes(host, known, refusals, &made);
    *proto.add_virtual_hosts() = std::move(made);
  }
  return proto;
}

std::vector<const ir::Origin*> OriginsOf(const ir::RouteTable& table) {
  std::vector<const ir::Origin*> origins;
  for (const ir::VirtualHost& host : table.virtual_hosts) {
    for (const ir::Origin& origin : host.origins) origins.push_back(&origin);
    for (const ir::RoutePtr& route : host.routes) {
      for (const ir::Origin& origin : route->origins) origins.push_back(&origin);
    }
  }
  return origins;
}

}  // namespace nuncio::envoy
