#include "nuncio/kube/exec_plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "nuncio/base/json_member.h"
#include "nuncio/base/yaml.h"

namespace nuncio::kube {
namespace {

constexpr absl::Duration kLongest = absl::Minutes(1);
constexpr size_t kMostOutput = 1 << 20;
constexpr int kPollMs = 100;

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& each : strings) out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> EnvironmentOf(const ClientConfig& config) {
  std::vector<std::string> out;
  for (const auto& [name, value] : config.exec->environment) out.push_back(absl::StrCat(name, "=", value));
  out.push_back(absl::StrCat("KUBERNETES_EXEC_INFO=", ExecInfoOf(config)));
  // The first of two of a name counts.
  for (char** each = environ; *each != nullptr; ++each) out.emplace_back(*each);
  return out;
}

struct Child {
  pid_t pid = 0;
  int output = -1;
};

absl::StatusOr<Child> Spawn(const ClientConfig& config) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError(std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Signals that this process blocks for itself.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<std::string> arguments = {config.exec->command}, environment = EnvironmentOf(config);
  arguments.insert(arguments.end(), config.exec->arguments.begin(), config.exec->arguments.end());
  Child child;
  const int error = posix_spawnp(&child.pid, config.exec->command.c_str(), &actions, &attributes,
                                 Pointers(arguments).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return absl::NotFoundError(absl::StrCat(config.exec->command, ": ", std::strerror(error),
                                            config.exec->install_hint.empty() ? "" : "; ", config.exec->install_hint));
  }
  child.output = ends[0];
  return child;
}

// False when it took too long, wrote too much, or was stopped.
bool ReadAll(int descriptor, const std::atomic<bool>& stop, std::string& out) {
  const absl::Time end = absl::Now() + kLongest;
  while (!stop && absl::Now() < end && out.size() < kMostOutput) {
    pollfd poll_for = {descriptor, POLLIN, 0};
    if (poll(&poll_for, 1, kPollMs) <= 0) continue;
    char buffer[4096];
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count == 0) return true;
    if (count > 0) out.append(buffer, static_cast<size_t>(count));
    if (count < 0 && errno != EINTR && errno != EAGAIN) return false;
  }
  return false;
}

}  // namespace

std::string ExecInfoOf(const ClientConfig& config) {
  Json info = {
      {"apiVersion", config.exec->api_version}, {"kind", "ExecCredential"}, {"spec", {{"interactive", false}}}};
  if (config.exec->provide_cluster_info) {
    Json& cluster = info["spec"]["cluster"];
    cluster = {{"server", config.server}};
    if (!config.authority.empty()) {
      cluster["certificate-authority-data"] = absl::Base64Escape(CurrentText(config.authority));
    }
    if (config.insecure_skip_tls_verify) cluster["insecure-skip-tls-verify"] = true;
    if (!config.tls_server_name.empty()) cluster["tls-server-name"] = config.tls_server_name;
    if (!config.proxy_url.empty()) cluster["proxy-url"] = config.proxy_url;
  }
  return info.dump();
}

absl::StatusOr<ExecCredential> ReadExecCredential(std::string_view output, const std::string& api_version) {
  const auto wrong = [](std::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("the exec plugin ", std::string(what)));
  };
  const YamlStream stream = ReadJson(output);
  if (stream.error.has_value() || stream.documents.empty()) return wrong("wrote no JSON");
  const Json& json = stream.documents.front().value;
  if (TextMember(json, "kind") != "ExecCredential" || TextMember(json, "apiVersion") != api_version) {
    return wrong("wrote no ExecCredential of " + api_version);
  }
  const auto status = json.find("status");
  if (status == json.end()) return wrong("wrote no status");
  ExecCredential credential;
  credential.token = TextMember(*status, "token");
  credential.certificate = TextMember(*status, "clientCertificateData");
  credential.key = TextMember(*status, "clientKeyData");
  if (credential.certificate.empty() != credential.key.empty()) return wrong("gave a certificate without its key");
  if (credential.token.empty() && credential.certificate.empty()) return wrong("gave neither token nor certificate");
  const std::string expires = TextMember(*status, "expirationTimestamp");
  if (!expires.empty() && !absl::ParseTime(absl::RFC3339_full, expires, &credential.expires, nullptr)) {
    return wrong("gave an expirationTimestamp that is no time");
  }
  return credential;
}

absl::StatusOr<ExecCredential> RunExecPlugin(const ClientConfig& config, const std::atomic<bool>& stop) {
  const absl::StatusOr<Child> child = Spawn(config);
  if (!child.ok()) return child.status();
  std::string output;
  const bool finished = ReadAll(child->output, stop, output);
  close(child->output);
  if (!finished) kill(child->pid, SIGKILL);
  int status = 0;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!finished) return absl::DeadlineExceededError(absl::StrCat(config.exec->command, " did not end within a minute"));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::UnavailableError(absl::StrCat(config.exec->command, " failed"));
  }
  return ReadExecCredential(output, config.exec->api_version);
}

}  // namespace nuncio::kube
