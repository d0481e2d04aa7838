#pragma once

#include <compare>
#include <string>
#include <vector>

#include "nuncio/base/json.h"

namespace nuncio::status {

// Where clients reach this instance: one entry of a Service's `status.loadBalancer.ingress`, as whoever provides load
// balancers wrote it. The status of an Ingress has the same form
// (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/#IngressStatus).
struct LoadBalancerAddress {
  std::string ip;  // at least one of the two is set
  std::string hostname;
  auto operator<=>(const LoadBalancerAddress&) const = default;
};

// Sorted, without duplicates: the order in which a provider lists its addresses is no news.
using LoadBalancerAddresses = std::vector<LoadBalancerAddress>;

// Of the Service's `status`, whatever stands there; entries without an address are left out.
LoadBalancerAddresses AddressesOf(const Json& service_status);

// The same as the value of `status.loadBalancer`. Without addresses it is an empty object: what stood there is cleared.
Json LoadBalancerOf(const LoadBalancerAddresses& addresses);

}  // namespace nuncio::status
