#pragma once

#include <array>
#include <optional>
#include <string>

#include "envoy/service/discovery/v3/discovery.pb.h"
#include "nuncio/xds/client.h"
#include "nuncio/xds/outgoing.h"

namespace nuncio::xds {

// One stream of the state-of-the-world protocol: requests in, responses out. A response holds all clusters or
// listeners, but of the other types only what is new. The version of a type is a digest of all that the client then has
// of it: a client that comes back with it has exactly that. Call Next until it returns nullopt after each event. Not
// thread-safe.
class SotwSession {
 public:
  using Request = ::envoy::service::discovery::v3::DiscoveryRequest;
  using Response = ::envoy::service::discovery::v3::DiscoveryResponse;

  SotwSession(Shared& shared, const Limits& limits)
      : shared_(shared), client_(shared, limits, Client::Protocol::kStateOfTheWorld) {}

  void OnRequest(const Request& request, Time now);
  std::optional<Outgoing> Next(Time now);  // a Response
  Client& client() { return client_; }

 private:
  struct Type {
    std::string nonce;             // of the last response
    bool named = false;            // it has named resources, so that naming none means none
    std::optional<Request> first;  // kept until there is a configuration to compare its version with
  };
  void OnFirst(envoy::ResourceType type, const Request& request);
  void OnNames(envoy::ResourceType type, const Request& request);

  Shared& shared_;
  Client client_;
  std::array<Type, envoy::kResourceTypes> types_;
};

}  // namespace nuncio::xds
