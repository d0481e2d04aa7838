#include "nuncio/envoy/route_configuration.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <functional>
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
using RouteLookup = std::function<const std::string*(const ir::RoutePtr&)>;

constexpr size_t kVarintBytes = 5;  // the most that 32 bits take

// Envoy compares domains without case and refuses a table that holds one twice.
using Domains = std::unordered_set<std::string>;

// Takes the domains of the host, and returns the numbers of those that are taken already.
std::vector<size_t> Conflicts(const ir::VirtualHost& host, Domains& taken) {
  std::vector<size_t> conflicts;
  for (size_t i = 0; i < host.domains.size(); ++i) {
    if (!taken.insert(absl::AsciiStrToLower(host.domains[i])).second) conflicts.push_back(i);
  }
  return conflicts;
}

bool HaveSameDomains(const std::vector<ir::VirtualHostPtr>& a, const std::vector<ir::VirtualHostPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x == y || x->domains == y->domains; });
}

void LeaveOut(const std::vector<size_t>& conflicts, const ir::VirtualHost& host, Refusals& refusals,
              pb::VirtualHost* proto) {
  for (auto at = conflicts.rbegin(); at != conflicts.rend(); ++at) {
    proto->mutable_domains()->DeleteSubrange(static_cast<int>(*at), 1);
    refusals.Add(absl::StrCat("the domain ", host.domains[*at]), host.origins,
                 {"domains", "must not hold what another virtual host has already; choose another host name"});
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
//
// Returns whether every route is in it.
bool SerializeHost(const ir::VirtualHost& host, pb::VirtualHost proto, const RouteLookup& route_bytes,
                   std::string& bytes) {
  static_assert(pb::VirtualHost::kNameFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  static_assert(pb::VirtualHost::kDomainsFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  pb::VirtualHost head;
  head.mutable_name()->swap(*proto.mutable_name());
  head.mutable_domains()->Swap(proto.mutable_domains());
  bytes = Serialize(head);
  bool all = true;
  for (const ir::RoutePtr& route : host.routes) {
    const std::string* made = route_bytes(route);
    all = all && made != nullptr;
    if (made != nullptr) AppendField(pb::VirtualHost::kRoutesFieldNumber, *made, bytes);
  }
  bytes += Serialize(proto);
  return all;
}

Origins OriginsOf(std::vector<ir::VirtualHostPtr> hosts, std::vector<ir::Origin> more) {
  return Origins([hosts = std::move(hosts), more = std::move(more)] {
    std::vector<ir::Origin> origins = ir::WithOriginsOf(hosts, more);
    std::unordered_set<const ir::Route*> seen;
    for (const ir::VirtualHostPtr& host : hosts) {
      for (const ir::RoutePtr& route : host->routes) {
        if (!seen.insert(route.get()).second) continue;
        origins.insert(origins.end(), route->origins.begin(), route->origins.end());
      }
    }
    return origins;
  });
}

}  // namespace

// Appends the host; returns whether nothing of it was left out.
bool RouteConfigurations::Append(const ir::VirtualHostPtr& host, bool http3, std::vector<size_t> conflicts,
                                 const References& known, Refusals& refusals, std::string& bytes) {
  Host& made = hosts_[host];
  const bool holds = made.holds_in == known.epoch && made.http3 == http3 && conflicts.empty();
  if (!holds) {
    pb::VirtualHost proto = MakeVirtualHost(*host, http3);
    LeaveOut(conflicts, *host, refusals, &proto);
    made.holds_in = 0;
    if (proto.domains().empty() && !host->domains.empty()) return false;  // each domain is reported
    if (const auto violation = FindViolation(*host, proto)) {
      refusals.Add(absl::StrCat("the virtual host ", host->name), host->origins, *violation);
      return false;
    }
    const auto route_bytes = [&](const ir::RoutePtr& route) { return routes_.Get(route, round_, known, refusals); };
    const bool all_routes = SerializeHost(*host, std::move(proto), route_bytes, made.bytes);
    made.http3 = http3;
    if (all_routes && conflicts.empty()) made.holds_in = known.epoch;
  }
  AppendField(pb::RouteConfiguration::kVirtualHostsFieldNumber, made.bytes, bytes);
  return made.holds_in == known.epoch;
}

ResourcePtr RouteConfigurations::Make(const ir::Listener& listener, const ir::FilterChain& chain,
                                      const ir::RouteTable& table, const References& known, Refusals& refusals) {
  static_assert(pb::RouteConfiguration::kNameFieldNumber < pb::RouteConfiguration::kVirtualHostsFieldNumber);
  pb::RouteConfiguration head;
  head.set_name(RouteConfigurationName(listener, table));
  Table& last = tables_[head.name()];
  const bool http3 = listener.advertises_http3;
  last.round = round_;
  if (last.holds_in == known.epoch && last.http3 == http3 && last.hosts == table.virtual_hosts &&
      last.origins == chain.origins) {
    return last.made;
  }
  std::string bytes = Serialize(head);
  if (last.made != nullptr) bytes.reserve(last.made->bytes.size() + last.made->bytes.size() / 64);
  // Without a conflict last time, the same domains have none now.
  const bool no_conflicts = last.holds_in != 0 && HaveSameDomains(last.hosts, table.virtual_hosts);
  Domains taken;
  bool all = true;
  for (const ir::VirtualHostPtr& host : table.virtual_hosts) {
    std::vector<size_t> conflicts = no_conflicts ? std::vector<size_t>{} : Conflicts(*host, taken);
    all = Append(host, http3, std::move(conflicts), known, refusals, bytes) && all;
  }
  std::string version = VersionOf(bytes);
  last.hosts = table.virtual_hosts;
  last.http3 = http3;
  last.origins = chain.origins;
  last.holds_in = all ? known.epoch : 0;
  last.made = std::make_shared<const Resource>(
      Resource{head.name(), std::move(bytes), std::move(version), OriginsOf(last.hosts, chain.origins)});
  return last.made;
}

void RouteConfigurations::Sweep() {
  std::erase_if(tables_, [&](const auto& each) { return each.second.round != round_; });
  hosts_.Sweep();
  routes_.Sweep();
  ++round_;
}

}  // namespace nuncio::envoy
