#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/base/log.h"
#include "nuncio/diag/listening_socket.h"
#include "nuncio/translate/options.h"

namespace nuncio::app {

// How `nuncio run` is to run: the environment's answers first (OptionsFromEnvironment), then the command line's.
struct RunOptions {
  // What to serve: a folder, or an API server. With neither, a Pod follows its own cluster.
  std::string manifests;
  std::string kubeconfig;            // a file, or several as KUBECONFIG has them
  std::string context;               // of the kubeconfig; empty: its current one
  bool single_namespace = false;     // AMBASSADOR_SINGLE_NAMESPACE: only what is in AMBASSADOR_NAMESPACE
  std::string label_selector;        // AMBASSADOR_LABEL_SELECTOR
  std::string field_selector;        // AMBASSADOR_FIELD_SELECTOR
  std::string envoy_path = "envoy";  // looked up on PATH when it holds no slash
  // The command line after the name of the command ("--manifests", "dir", ...). The control plane is started with the
  // same one, so that both processes come to the same options.
  std::vector<std::string> arguments;

  std::optional<uint16_t> admin_port;  // Envoy's; unset: the `ambassador` Module says, 8001 otherwise; 0: a free one
  // AMBASSADOR_HEALTHCHECK_BIND_ADDRESS, AMBASSADOR_HEALTHCHECK_IP_FAMILY and AMBASSADOR_HEALTHCHECK_BIND_PORT. The log
  // says which port a 0 came to.
  diag::ListenAddress health{"0.0.0.0", diag::IpFamily::kAny, 8877};

  // After SIGTERM: listeners stay open for `drain_time` (what routes to this replica has to hear of its end first),
  // then requests in flight may take `drain_grace`. The sum, and 5 s to stop, fit a Pod's default 30 s.
  std::chrono::milliseconds drain_time{5'000};
  std::chrono::milliseconds drain_grace{20'000};

  std::chrono::seconds envoy_drain_time{600};  // AMBASSADOR_DRAIN_TIME: for the connections of a listener that changed
  std::optional<uint32_t> envoy_concurrency;   // ENVOY_CONCURRENCY; unset: one worker a core
  std::optional<uint32_t> envoy_base_id;       // AMBASSADOR_ENVOY_BASE_ID; unset: Envoy shares no memory with another
  std::string envoy_log_level = "error";       // "trace" when AMBASSADOR_DEBUG contains "envoy"
  log::Options log;                            // AES_LOG_LEVEL, AMBASSADOR_JSON_LOGGING; the latter for Envoy, too
  std::string node_cluster = "ambassador-default";  // "<AMBASSADOR_ID or ambassador>-<AMBASSADOR_NAMESPACE>"

  // Holds the ADS socket and the bootstrap. Empty: a private folder below TMPDIR, removed at the end.
  std::string work_directory;

  translate::Options translate;
};

// Reads one environment variable; nullopt when it is unset.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own.
std::optional<std::string> ProcessEnvironment(const std::string& name);

// The options that the environment variables of Emissary ask for (emissary reference 4.11). A value that cannot be read
// leaves the default in place and adds a sentence to `complaints`.
RunOptions OptionsFromEnvironment(const Environment& environment, std::vector<std::string>& complaints);

}  // namespace nuncio::app
