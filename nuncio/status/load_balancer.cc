#include "nuncio/status/load_balancer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nuncio/base/json_member.h"

namespace nuncio::status {

LoadBalancerAddresses AddressesOf(const Json& service_status) {
  LoadBalancerAddresses addresses;
  static const Json::json_pointer kIngress("/loadBalancer/ingress");
  if (!service_status.is_object() || !service_status.contains(kIngress)) return addresses;
  const Json& ingress = service_status.at(kIngress);
  if (!ingress.is_array()) return addresses;
  for (const Json& entry : ingress) {
    if (!entry.is_object()) continue;
    LoadBalancerAddress address{TextMember(entry, "ip"), TextMember(entry, "hostname")};
    if (!address.ip.empty() || !address.hostname.empty()) addresses.push_back(std::move(address));
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

Json LoadBalancerOf(const LoadBalancerAddresses& addresses) {
  Json status = Json::object();
  for (const LoadBalancerAddress& address : addresses) {
    Json entry = Json::object();
    if (!address.ip.empty()) entry["ip"] = address.ip;
    if (!address.hostname.empty()) entry["hostname"] = address.hostname;
    status["ingress"].push_back(std::move(entry));
  }
  return status;
}

}  // namespace nuncio::status
