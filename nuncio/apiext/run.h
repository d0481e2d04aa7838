#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "nuncio/kube/config.h"

namespace nuncio::apiext {

struct RunOptions {
  std::string service;           // in front of this process; a DNS label
  std::string kubeconfig;        // empty: in a Pod its own cluster, otherwise KUBECONFIG
  std::string context;           // empty: the kubeconfig's current one
  std::string label_selector;    // of the CustomResourceDefinitions
  uint16_t webhook_port = 8443;  // 0: a free one
  uint16_t probe_port = 8080;    // likewise
  // After the first signal conversions are answered for so long: the Service may lead here until that is known.
  std::chrono::milliseconds drain_time{5'000};
};

// `nuncio apiext`, until SIGTERM or SIGINT and the drain time, or a second one; gives the exit status. Probes:
// /probes/live, and /probes/ready, which is 500 until there is an authority and every definition names it. Environment
// (emissary reference 1.14): POD_NAMESPACE, where the service and the authority's Secret are, or else the service
// account's namespace, or else emissary-system; DISABLE_CA_MANAGEMENT and DISABLE_CRD_MANAGEMENT, not empty, leave the
// one or the other to somebody else. Precondition: the process has one thread.
int Run(const RunOptions& options, const kube::ReadVariable& variable);

}  // namespace nuncio::apiext
