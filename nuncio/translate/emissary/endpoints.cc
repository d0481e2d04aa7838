#include "nuncio/translate/emissary/endpoints.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nuncio/translate/emissary/service_name.h"

namespace nuncio::translate::emissary {
namespace {

using Slice = resource::EndpointSlice;

std::optional<int64_t> TargetNumber(const resource::ServicePort& port) {
  int64_t number = 0;
  if (port.target_port.empty()) return port.port;
  return absl::SimpleAtoi(port.target_port, &number) ? std::optional(number) : std::nullopt;
}

// A slice's ports carry the names of the Service's ports. Slices written by hand often carry none, or the name of the
// target: those are found by the number or name that the Service targets.
const Slice::Port* PortIn(const Slice& slice, const resource::ServicePort& port) {
  const auto find = [&](auto matches) -> const Slice::Port* {
    const auto at = std::find_if(slice.ports.begin(), slice.ports.end(),
                                 [&](const Slice::Port& p) { return p.protocol == "TCP" && matches(p); });
    return at == slice.ports.end() ? nullptr : &*at;
  };
  if (const auto* named = find([&](const Slice::Port& p) { return p.name == port.name; })) return named;
  const auto target = TargetNumber(port);
  return find([&](const Slice::Port& p) { return target ? p.port == target : p.name == port.target_port; });
}

template <typename Wanted>
std::vector<ir::Endpoint> Collect(const resource::ServicePort& port, const std::vector<const Slice*>& slices,
                                  Wanted wanted) {
  std::vector<ir::Endpoint> endpoints;
  for (const Slice* slice : slices) {
    const Slice::Port* slice_port = slice->address_type == "FQDN" ? nullptr : PortIn(*slice, port);
    if (slice_port == nullptr) continue;
    const int64_t number = slice_port->port ? *slice_port->port : TargetNumber(port).value_or(0);
    if (number < 1 || number > UINT16_MAX) continue;
    for (const Slice::Endpoint& endpoint : slice->endpoints) {
      if (!wanted(endpoint)) continue;
      for (const std::string& address : endpoint.addresses) {
        if (IsIpAddress(address)) endpoints.push_back({address, static_cast<uint16_t>(number)});
      }
    }
  }
  std::sort(endpoints.begin(), endpoints.end());
  endpoints.erase(std::unique(endpoints.begin(), endpoints.end()), endpoints.end());
  return endpoints;
}

}  // namespace

EndpointIndex::EndpointIndex(const store::Table<resource::EndpointSlice>& slices) {
  for (const auto& slice : slices) {
    if (!slice->service.empty()) slices_[{slice->meta.ns, slice->service}].push_back(slice.get());
  }
}

const std::vector<const Slice*>& EndpointIndex::SlicesOf(const resource::ObjectKey& service) const {
  static const std::vector<const Slice*> kNone;
  const auto at = slices_.find(service);
  return at == slices_.end() ? kNone : at->second;
}

std::string EndpointSetName(const resource::Service& service, int64_t port) {
  return absl::StrCat("k8s/", service.meta.ns, "/", service.meta.name, "/", port);
}

const resource::ServicePort* FindPort(const resource::Service& service, int64_t port) {
  const auto at = std::find_if(service.ports.begin(), service.ports.end(),
                               [&](const resource::ServicePort& p) { return p.port == port && p.protocol == "TCP"; });
  return at == service.ports.end() ? nullptr : &*at;
}

std::vector<ir::Endpoint> EndpointsOf(const resource::ServicePort& port, const std::vector<const Slice*>& slices) {
  auto ready = Collect(port, slices, [](const Slice::Endpoint& e) { return e.ready.value_or(true); });
  if (!ready.empty()) return ready;
  return Collect(port, slices,
                 [](const Slice::Endpoint& e) { return e.terminating.value_or(false) && e.serving.value_or(true); });
}

}  // namespace nuncio::translate::emissary
