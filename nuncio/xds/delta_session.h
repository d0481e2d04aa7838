#pragma once

#include <optional>

#include "envoy/service/discovery/v3/discovery.pb.h"
#include "nuncio/xds/client.h"
#include "nuncio/xds/outgoing.h"

namespace nuncio::xds {

// One stream of the delta protocol: requests in, responses out. Requests of types that are not served get no answer.
// Call Next until it returns nullopt after each event. Not thread-safe.
class DeltaSession {
 public:
  using Request = ::envoy::service::discovery::v3::DeltaDiscoveryRequest;
  using Response = ::envoy::service::discovery::v3::DeltaDiscoveryResponse;

  DeltaSession(Shared& shared, const Limits& limits)
      : shared_(shared), client_(shared, limits, Client::Protocol::kDelta) {}

  void OnRequest(const Request& request, Time now);
  std::optional<Outgoing> Next(Time now);  // a Response
  Client& client() { return client_; }

 private:
  Shared& shared_;
  Client client_;
};

}  // namespace nuncio::xds
