#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nuncio/kube/config.h"

namespace nuncio::kube {

// What an exec plugin gave.
struct ExecCredential {
  std::string token;
  std::string certificate, key;  // PEM
  absl::Time expires = absl::InfiniteFuture();
};

// The KUBERNETES_EXEC_INFO that the plugin is started with.
std::string ExecInfoOf(const ClientConfig& config);

// Reads what it wrote. Errors (InvalidArgument): no ExecCredential of the version that was asked for, or an empty one.
absl::StatusOr<ExecCredential> ReadExecCredential(std::string_view output, const std::string& api_version);

// Runs the plugin and waits for it: a minute at most, or until `stop` is true. Its stderr is ours. Errors: it does not
// start, fails, is too slow, or what ReadExecCredential says.
absl::StatusOr<ExecCredential> RunExecPlugin(const ClientConfig& config, const std::atomic<bool>& stop);

}  // namespace nuncio::kube
