#include "nuncio/envoy/virtual_host.h"

#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/header_edits.h"
#include "nuncio/envoy/names.h"

namespace nuncio::envoy {

pb::VirtualHost MakeVirtualHost(const ir::VirtualHost& host) {
  pb::VirtualHost proto;
  proto.set_name(VirtualHostName(host));
  for (const std::string& domain : host.domains) proto.add_domains(domain);
  SetResponseHeaderEdits(host.response_headers, &proto);
  return proto;
}

}  // namespace nuncio::envoy
