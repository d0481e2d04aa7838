#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/ir/upstream.h"
#include "nuncio/resource/core.h"
#include "nuncio/store/table.h"

namespace nuncio::translate::emissary {

// The EndpointSlices of a snapshot by the Service that they belong to. Lives no longer than the snapshot.
class EndpointIndex {
 public:
  explicit EndpointIndex(const store::Table<resource::EndpointSlice>& slices);

  // In the order of their names.
  const std::vector<const resource::EndpointSlice*>& SlicesOf(const resource::ObjectKey& service) const;

 private:
  std::map<resource::ObjectKey, std::vector<const resource::EndpointSlice*>> slices_;
};

std::string EndpointSetName(const resource::Service& service, int64_t port);

// The TCP port of that number; null when the Service has none.
const resource::ServicePort* FindPort(const resource::Service& service, int64_t port);

// Where requests to a port of a Service go: its ready endpoints; when none is ready, those that terminate but still
// serve, as kube-proxy does (Kubernetes, "EndpointSlices", conditions). Sorted and unique. Addresses that are no
// IP literals and ports out of range are left out.
std::vector<ir::Endpoint> EndpointsOf(const resource::ServicePort& port,
                                      const std::vector<const resource::EndpointSlice*>& slices);

}  // namespace nuncio::translate::emissary
