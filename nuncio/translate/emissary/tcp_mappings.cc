#include "nuncio/translate/emissary/tcp_mappings.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/backend.h"
#include "nuncio/translate/emissary/policies.h"
#include "nuncio/translate/emissary/selection.h"
#include "nuncio/translate/emissary/traffic_shares.h"

namespace nuncio::translate::emissary {
namespace {

using resource::TcpMapping;

constexpr int64_t kMostMs = 1000LL * 60 * 60 * 24 * 365;

struct UsableTcpMapping {
  const TcpMapping* mapping = nullptr;
  std::shared_ptr<const ir::Origin> origin;
  BackendRequest request;
  Backend backend;
};

using Place = std::tuple<std::string, uint16_t, std::string>;  // address, port, host

std::optional<std::chrono::milliseconds> IdleTimeoutOf(const std::string& text) {
  int64_t ms = 0;
  if (!absl::SimpleAtoi(text, &ms) || ms < 0 || ms > kMostMs) return std::nullopt;
  return std::chrono::milliseconds(ms);
}

std::optional<UsableTcpMapping> Check(Context& context, const BackendSources& sources, const TcpMapping& mapping) {
  const auto origin = std::make_shared<const ir::Origin>(OriginOf("TCPMapping", mapping.meta));
  UsableTcpMapping usable{&mapping, origin, BackendOf(mapping, origin), {}};
  bool ok = true;
  const auto error = [&](const std::string& field, std::string message) {
    context.report.Error(*origin, code::kMappingInvalid, "spec." + field, std::move(message));
    ok = false;
  };
  if (!mapping.address.empty() && !IsIpAddress(mapping.address)) error("address", "must be an IP address");
  if (mapping.circuit_breakers) {
    if (auto problem = ProblemOf(*mapping.circuit_breakers)) {
      error("circuit_breakers" + problem->field, std::move(problem->message));
    }
  }
  if (!mapping.idle_timeout_ms.empty() && !IdleTimeoutOf(mapping.idle_timeout_ms)) {
    error("idle_timeout_ms", "must be a whole number of milliseconds, as text");
  }
  auto backend = CheckBackend(context, sources, usable.request);
  if (!ok || !backend) return std::nullopt;
  usable.backend = *std::move(backend);
  return usable;
}

// The field in which two TCPMappings of one place differ though they must not; null when there is none.
const char* Disagreement(const TcpMapping& a, const TcpMapping& b) {
  if (a.circuit_breakers != b.circuit_breakers) return "spec.circuit_breakers";
  if (a.enable_ipv4 != b.enable_ipv4) return "spec.enable_ipv4";
  if (a.enable_ipv6 != b.enable_ipv6) return "spec.enable_ipv6";
  if (a.idle_timeout_ms != b.idle_timeout_ms) return "spec.idle_timeout_ms";
  if (a.tls != b.tls) return "spec.tls";
  return nullptr;
}

// Each target gets its own part. Emissary hands on the running sums instead, so that two equal members come to 50:100;
// see docs/compatibility.md. Weights that do not reach 100 together are proportions: there is no next route to fall to.
void AddTargets(Context& context, const std::vector<UsableTcpMapping>& members, ir::TcpService& service) {
  std::vector<std::optional<int64_t>> weights;
  for (const UsableTcpMapping& member : members) weights.push_back(member.mapping->weight);
  const TrafficShares result = ShareTraffic(weights);
  for (const size_t member : result.out_of_range) {
    context.report.Error(*members[member].origin, code::kWeightInvalid, "spec.weight",
                         "must be from 0 to 100; this TCPMapping gets no connections");
  }
  for (const size_t member : result.above_hundred) {
    context.report.Error(*members[member].origin, code::kWeightInvalid, "spec.weight",
                         "takes the weights of this port and host above 100; it gets what is left");
  }
  for (const TrafficShare& share : result.shares) {
    const UsableTcpMapping& member = members[share.member];
    service.targets.push_back({AddBackend(context, member.request, member.backend), share.percent});
  }
}

TcpMappingGroup MakeGroup(Context& context, const Place& place, const std::vector<UsableTcpMapping>& members) {
  TcpMappingGroup group;
  std::tie(group.address, group.port, group.host) = place;
  const TcpMapping& first = *members.front().mapping;
  group.name = absl::StrCat(first.meta.ns, "/", first.meta.name);
  group.service.idle_timeout = IdleTimeoutOf(first.idle_timeout_ms);
  AddTargets(context, members, group.service);
  for (const UsableTcpMapping& member : members) group.origins.push_back(*member.origin);
  std::sort(group.origins.begin(), group.origins.end());
  return group;
}

}  // namespace

std::vector<TcpMappingGroup> TranslateTcpMappings(Context& context, const BackendSources& sources) {
  std::map<Place, std::vector<UsableTcpMapping>> places;
  for (const TcpMapping* mapping : Mine(context.snapshot.tcp_mappings, context.options.ambassador_id)) {
    auto usable = Check(context, sources, *mapping);
    if (!usable) continue;
    const std::string& address = mapping->address.empty() ? context.options.bind_address : mapping->address;
    auto& members = places[{address, static_cast<uint16_t>(mapping->port), mapping->host}];
    const char* field = members.empty() ? nullptr : Disagreement(*members.front().mapping, *mapping);
    if (field == nullptr) {
      members.push_back(*std::move(usable));
      continue;
    }
    const resource::Meta& first = members.front().mapping->meta;
    context.report.Error(*usable->origin, code::kMappingConflict, field,
                         absl::StrCat("must be as in TCPMapping ", first.ns, "/", first.name,
                                      ", which has the same address, port and host"));
  }
  std::vector<TcpMappingGroup> groups;
  for (const auto& [place, members] : places) {
    if (TcpMappingGroup group = MakeGroup(context, place, members); !group.service.targets.empty()) {
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

}  // namespace nuncio::translate::emissary
