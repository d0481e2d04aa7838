#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nuncio::kube {

// Something that may stand in a file, which is read again when it changes, or in the configuration itself.
struct FileOrText {
  std::filesystem::path file;  // absolute; empty: `text`
  std::string text;
  bool empty() const { return file.empty() && text.empty(); }
  bool operator==(const FileOrText&) const = default;
};

// What it says now; empty when its file cannot be read.
std::string CurrentText(const FileOrText& from);

// A program that hands out credentials (client.authentication.k8s.io).
struct ExecPlugin {
  std::string api_version;
  std::string command;  // with a slash: a path, absolute by now; otherwise looked up on PATH
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string install_hint;
  bool provide_cluster_info = false;
  bool operator==(const ExecPlugin&) const = default;
};

// Where an API server is, how to know it and how to be known to it.
struct ClientConfig {
  std::string server;    // "https://10.0.0.1:6443", perhaps with a path; no slash at the end
  FileOrText authority;  // PEM; empty: what the system trusts
  bool insecure_skip_tls_verify = false;
  std::string tls_server_name;  // empty: the server's host
  std::string proxy_url;        // empty: as the environment says (HTTPS_PROXY, NO_PROXY)

  FileOrText certificate;  // PEM, with `key`
  FileOrText key;
  FileOrText token;
  std::string username, password;  // HTTP basic authentication
  std::optional<ExecPlugin> exec;

  std::string ns;  // the context's; in a cluster the Pod's own; may be empty
  bool operator==(const ClientConfig&) const = default;
};

// Reads one environment variable; nullopt when it is unset.
using ReadVariable = std::function<std::optional<std::string>(const std::string& name)>;

// Where a Pod finds its service account.
inline constexpr char kServiceAccountFolder[] = "/var/run/secrets/kubernetes.io/serviceaccount";

// As a Pod finds its API server: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, and token, ca.crt and namespace
// in `folder`. Errors: NotFound when this is no Pod; FailedPrecondition when its token is not there.
absl::StatusOr<ClientConfig> InClusterConfig(const ReadVariable& variable,
                                             const std::filesystem::path& folder = kServiceAccountFolder);

// One context of a kubeconfig; `context` empty: its current-context. `paths` are merged as kubectl does it with
// KUBECONFIG: of every cluster, user and context the first one of its name counts, as does the first current-context.
// One that does not exist is left out, but when it is the only one.
// Errors: NotFound, InvalidArgument (with file, and what to do).
absl::StatusOr<ClientConfig> ReadKubeconfig(const std::vector<std::filesystem::path>& paths,
                                            const std::string& context);

// The files of a list as KUBECONFIG has it: separated by colons, empty parts left out.
std::vector<std::filesystem::path> SplitKubeconfigPaths(const std::string& list);

}  // namespace nuncio::kube
