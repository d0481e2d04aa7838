#include "nuncio/envoy/virtual_host_bytes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/validate.h"
#include "nuncio/envoy/virtual_host.h"
#include "nuncio/envoy/wire.h"

namespace nuncio::envoy {
namespace {

constexpr size_t kFewRoutes = 32;  // are put together as fast as they are copied
constexpr size_t kLookAhead = 16;  // routes that came or went in one place

std::vector<ir::Origin> OwnersOf(const ir::VirtualHost& host) { return {host.origins.begin(), host.origins.end()}; }

void LeaveOut(const std::vector<size_t>& conflicts, const ir::VirtualHost& host, Refusals& refusals,
              pb::VirtualHost* proto) {
  for (auto at = conflicts.rbegin(); at != conflicts.rend(); ++at) {
    proto->mutable_domains()->DeleteSubrange(static_cast<int>(*at), 1);
    refusals.Add(absl::StrCat("the domain ", host.domains[*at]), OwnersOf(host),
                 {"domains", "must not hold what another virtual host has already; choose another host name"});
  }
}

// The number of `route` in `routes`, from `from` on and not far from there; the size of `routes` when it is not.
size_t FindNear(const std::vector<ir::RoutePtr>& routes, size_t from, const ir::RoutePtr& route) {
  const size_t end = std::min(routes.size(), from + kLookAhead);
  for (size_t at = from; at < end; ++at) {
    if (routes[at] == route) return at;
  }
  return routes.size();
}

}  // namespace

// Returns whether every route is there. Those that follow one another as they did are copied in one piece.
bool VirtualHostBytes::AppendRoutes(const ir::VirtualHost& host, const Earlier& earlier, uint64_t round,
                                    const References& known, Refusals& refusals, RouteMarks& marks) {
  static const std::vector<ir::RoutePtr> kNone;
  const bool marked = earlier.host != nullptr && !earlier.marks->empty();
  const std::vector<ir::RoutePtr>& before = marked ? earlier.host->routes : kNone;
  const bool mark = host.routes.size() > kFewRoutes;
  if (mark) marks.reserve(host.routes.size() + 1);
  bool all = true;
  size_t old = 0;  // the next route of `before` that may follow
  for (size_t at = 0; at < host.routes.size();) {
    const size_t found = FindNear(before, old, host.routes[at]);
    if (found < before.size()) {
      size_t end = found;
      for (; at < host.routes.size() && end < before.size() && host.routes[at] == before[end]; ++at, ++end) {
        const size_t offset = (*earlier.marks)[end] - (*earlier.marks)[found];
        if (mark) marks.push_back(static_cast<uint32_t>(bytes_.size() + offset));
      }
      const size_t length = (*earlier.marks)[end] - (*earlier.marks)[found];
      bytes_ += earlier.bytes.substr((*earlier.marks)[found], length);
      old = end;
      continue;
    }
    if (mark) marks.push_back(static_cast<uint32_t>(bytes_.size()));
    const std::string* made = routes_.Get(host.routes[at++], round, known, refusals);
    all = all && made != nullptr;
    if (made != nullptr) AppendField(pb::VirtualHost::kRoutesFieldNumber, *made, bytes_);
  }
  if (mark) marks.push_back(static_cast<uint32_t>(bytes_.size()));
  return all;
}

// Put together from parts it is what Serialize() gives for the whole message, as fields are written in the order of
// their numbers.
VirtualHostBytes::Made VirtualHostBytes::Make(const ir::VirtualHost& host, const std::vector<size_t>& conflicts,
                                              const Earlier& earlier, uint64_t round, const References& known,
                                              Refusals& refusals) {
  static_assert(pb::VirtualHost::kNameFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  static_assert(pb::VirtualHost::kDomainsFieldNumber < pb::VirtualHost::kRoutesFieldNumber);
  pb::VirtualHost proto = MakeVirtualHost(host);
  LeaveOut(conflicts, host, refusals, &proto);
  if (proto.domains().empty() && !host.domains.empty()) return {};  // each domain is reported
  if (const auto violation = FindViolation(host, proto)) {
    refusals.Add(absl::StrCat("the virtual host ", host.name), OwnersOf(host), *violation);
    return {};
  }
  pb::VirtualHost head;
  head.mutable_name()->swap(*proto.mutable_name());
  head.mutable_domains()->Swap(proto.mutable_domains());
  Made made;
  bytes_ = Serialize(head);
  made.whole = AppendRoutes(host, earlier, round, known, refusals, made.marks) && conflicts.empty();
  bytes_ += Serialize(proto);
  made.bytes = bytes_;
  return made;
}

}  // namespace nuncio::envoy
