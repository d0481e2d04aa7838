#include "nuncio/envoy/route_configuration.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>
#include <set>
#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route.pb.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"
#include "nuncio/envoy/virtual_host.h"

namespace nuncio::envoy {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr size_t kVarintBytes = 5;  // the most that 32 bits take

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

// A length-delimited field of the wire format.
void AppendField(int number, const std::string& value, std::string& bytes) {
  std::array<uint8_t, 2 * kVarintBytes> start;
  uint8_t* end = WireFormatLite::WriteTagToArray(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, start.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(value.size()), end);
  bytes.append(start.data(), end);
  bytes += value;
}

// `proto`, which has no routes, with those of `host`: what Serialize() gives for the whole message, as fields are
// written in the order of their numbers.
void SerializeHost(const ir::VirtualHost& host, pb::VirtualHost proto, RouteBytes& routes, std::string& bytes) {
  static_assert(pb::VirtualHost::kNameFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  static_assert(pb::VirtualHost::kDomainsFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  pb::VirtualHost head;
  head.mutable_name()->swap(*proto.mutable_name());
  head.mutable_domains()->Swap(proto.mutable_domains());
  bytes = Serialize(head);
  for (const ir::RoutePtr& route : host.routes) {
    if (const std::string* made = routes.Get(route)) AppendField(pb::VirtualHost::kRoutesFieldNumber, *made, bytes);
  }
  bytes += Serialize(proto);
}

}  // namespace

std::string SerializeRouteConfiguration(const ir::Listener& listener, const ir::RouteTable& table, RouteBytes& routes,
                                        Refusals& refusals) {
  static_assert(pb::RouteConfiguration::kNameFieldNumber < pb::RouteConfiguration::kVirtualHostsFieldNumber);
  pb::RouteConfiguration head;
  head.set_name(RouteConfigurationName(listener, table));
  std::string bytes = Serialize(head);
  std::string host_bytes;
  Domains taken;
  for (const ir::VirtualHost& host : table.virtual_hosts) {
    pb::VirtualHost made = MakeVirtualHost(host, listener.advertises_http3);
    KeepFreeDomains(host, taken, refusals, &made);
    if (made.domains().empty() && !host.domains.empty()) continue;  // each domain is reported
    if (const auto violation = FindViolation(host, made)) {
      refusals.Add(absl::StrCat("the virtual host ", host.name), host.origins, *violation);
      continue;
    }
    SerializeHost(host, std::move(made), routes, host_bytes);
    AppendField(pb::RouteConfiguration::kVirtualHostsFieldNumber, host_bytes, bytes);
  }
  bytes.shrink_to_fit();
  return bytes;
}

std::vector<const ir::Origin*> OriginsOf(const ir::RouteTable& table) {
  std::vector<const ir::Origin*> origins;
  std::unordered_set<const ir::Route*> seen;
  for (const ir::VirtualHost& host : table.virtual_hosts) {
    for (const ir::Origin& origin : host.origins) origins.push_back(&origin);
    for (const ir::RoutePtr& route : host.routes) {
      if (!seen.insert(route.get()).second) continue;
      for (const ir::Origin& origin : route->origins) origins.push_back(&origin);
    }
  }
  return origins;
}

}  // namespace nuncio::envoy
