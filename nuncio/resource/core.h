#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/resource/meta.h"

namespace nuncio::resource {

// The parts that a gateway reads of v1 Service, Secret and Namespace and of discovery.k8s.io/v1 EndpointSlice.

struct ServicePort {
  std::string name;
  std::string protocol = "TCP";
  int64_t port = 0;
  std::string target_port;  // a number or a name, as text; empty: as `port`
  std::string app_protocol;
  bool operator==(const ServicePort&) const = default;
};

struct Service {
  Meta meta;
  std::string type = "ClusterIP";
  std::string cluster_ip;
  std::string external_name;
  std::vector<ServicePort> ports;
  bool operator==(const Service&) const = default;
};

// `data` is decoded from base64; `stringData` of a manifest is merged into it, as the API server does.
struct Secret {
  Meta meta;
  std::string type = "Opaque";
  std::map<std::string, std::string> data;
  bool operator==(const Secret&) const = default;
};

struct Namespace {
  Meta meta;
  bool operator==(const Namespace&) const = default;
};

struct EndpointSlice {
  struct Port {
    std::string name;
    std::string protocol = "TCP";
    std::optional<int64_t> port;  // absent: every port
    bool operator==(const Port&) const = default;
  };
  struct Endpoint {
    std::vector<std::string> addresses;
    std::optional<bool> ready;  // absent: unknown, which counts as ready
    std::optional<bool> serving;
    std::optional<bool> terminating;
    std::string zone;
    bool operator==(const Endpoint&) const = default;
  };
  Meta meta;
  std::string service;  // label kubernetes.io/service-name
  std::string address_type = "IPv4";
  std::vector<Port> ports;
  std::vector<Endpoint> endpoints;
  bool operator==(const EndpointSlice&) const = default;
};

}  // namespace nuncio::resource
