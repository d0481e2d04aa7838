#pragma once

#include <cstdint>
#include <string>

namespace nuncio::envoy {

struct BootstrapOptions {
  std::string ads_socket;      // absolute path of the Unix socket that ADS is served on
  uint16_t admin_port = 8001;  // 127.0.0.1 only
  std::string node_id = "nuncio";
  std::string node_cluster = "nuncio";
  bool delta = true;
  uint64_t max_heap_bytes = 0;  // overload actions are sized by it; 0: none
  uint64_t max_downstream_connections = 50000;
};

// The bootstrap that Envoy is started with, as JSON: ADS over a Unix socket, admin on loopback, overload protection and
// runtime as Envoy's edge best practices have them. Everything else arrives over ADS.
std::string BootstrapJson(const BootstrapOptions& options);

}  // namespace nuncio::envoy
