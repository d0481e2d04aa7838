#pragma once

#include <cstdint>
#include <string>

namespace nuncio::translate {

// What the installation says, as opposed to what its objects say. All but `now` stays the same for the life of the
// process.
struct Options {
  std::string ambassador_id = "default";         // AMBASSADOR_ID
  std::string ambassador_namespace = "default";  // AMBASSADOR_NAMESPACE
  std::string bind_address = "0.0.0.0";          // AMBASSADOR_ENVOY_BIND_ADDRESS
  bool strict_label_selectors = true;            // DISABLE_STRICT_LABEL_SELECTORS unset
  bool endpoints_enabled = true;                 // AMBASSADOR_DISABLE_ENDPOINTS unset
  // Whether names of Services resolve by DNS where Envoy runs. False for a directory of manifests: then a Service that
  // the snapshot holds is reached through its EndpointSlices, whatever the resolver.
  bool cluster_dns = false;
  // Of which namespaces the snapshot holds every Service, so that one that it does not hold is not there.
  enum class Services { kUnknown, kOfAmbassadorNamespace, kOfAll };
  Services all_services = Services::kUnknown;
  std::string diagnostics_service = "127.0.0.1:8877";  // where the internal probe Mappings lead
  int64_t now = 0;  // Unix time in s that certificates are judged by; 0: their dates are not judged

  bool operator==(const Options&) const = default;
};

}  // namespace nuncio::translate
