#include "nuncio/kube/config.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nuncio/base/yaml.h"

namespace nuncio::kube {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> ReadFile(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return absl::NotFoundError(absl::StrCat(path.native(), " does not exist"));
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !fs::is_regular_file(path, error)) {
    return absl::FailedPreconditionError(absl::StrCat(path.native(), " cannot be read"));
  }
  return text.str();
}

// Reads the members of a mapping as their types are in a kubeconfig. The first mistake is kept.
class Fields {
 public:
  Fields(const Json& json, const fs::path& file, std::string where, absl::Status& status)
      : json_(json), file_(file), where_(std::move(where)), status_(status) {}

  std::string Text(const char* name) const {
    const Json* value = Find(name);
    if (value == nullptr) return "";
    if (!value->is_string()) return Complain(name, "must be a string"), "";
    return value->get<std::string>();
  }
  bool Flag(const char* name) const {
    const Json* value = Find(name);
    if (value == nullptr) return false;
    if (!value->is_boolean()) return Complain(name, "must be true or false"), false;
    return value->get<bool>();
  }
  // A path is relative to the file that it stands in.
  fs::path Path(const char* name) const {
    const std::string text = Text(name);
    return text.empty() ? fs::path() : fs::absolute(file_.parent_path() / text).lexically_normal();
  }
  // `NAME-data`, in base64, goes before the file `NAME`.
  FileOrText Pem(const std::string& name) const {
    const std::string data = Text((name + "-data").c_str());
    FileOrText out;
    if (data.empty()) {
      out.file = Path(name.c_str());
    } else if (!absl::Base64Unescape(data, &out.text)) {
      Complain((name + "-data").c_str(), "must be base64");
    }
    return out;
  }
  const Json* Find(const char* name) const {
    if (!json_.is_object()) return nullptr;
    const auto at = json_.find(name);
    return at == json_.end() || at->is_null() ? nullptr : &*at;
  }
  void Complain(const char* name, const char* what) const {
    if (status_.ok()) {
      status_ = absl::InvalidArgumentError(absl::StrCat(file_.native(), ": ", where_, ".", name, " ", what));
    }
  }

 private:
  const Json& json_;
  const fs::path& file_;
  const std::string where_;
  absl::Status& status_;
};

// A part of a kubeconfig and the file that it came from.
struct Named {
  Json value;
  fs::path file;
};
struct Merged {
  std::map<std::string, Named> clusters, users, contexts;
  std::string current_context;
};

void MergeList(const Json& config, const char* list, const char* member, const fs::path& file,
               std::map<std::string, Named>& out) {
  const auto at = config.find(list);
  if (at == config.end() || !at->is_array()) return;
  for (const Json& entry : *at) {
    if (!entry.is_object()) continue;
    const auto name = entry.find("name");
    if (name == entry.end() || !name->is_string()) continue;
    const auto value = entry.find(member);
    out.try_emplace(name->get<std::string>(), Named{value == entry.end() ? Json::object() : *value, file});
  }
}

absl::Status MergeFile(const fs::path& file, const std::string& text, Merged& out) {
  const YamlStream stream = ReadYaml(text);
  if (stream.error.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.native(), ":", stream.error->line, ": ", stream.error->message));
  }
  if (stream.documents.empty()) return absl::OkStatus();
  const Json& config = stream.documents.front().value;
  if (!config.is_object()) return absl::InvalidArgumentError(absl::StrCat(file.native(), " is no kubeconfig"));
  MergeList(config, "clusters", "cluster", file, out.clusters);
  MergeList(config, "users", "user", file, out.users);
  MergeList(config, "contexts", "context", file, out.contexts);
  const auto current = config.find("current-context");
  if (out.current_context.empty() && current != config.end() && current->is_string()) {
    out.current_context = current->get<std::string>();
  }
  return absl::OkStatus();
}

std::optional<ExecPlugin> ReadExec(const Fields& user, const fs::path& file, absl::Status& status) {
  const Json* json = user.Find("exec");
  if (json == nullptr) return std::nullopt;
  const Fields fields(*json, file, "user.exec", status);
  ExecPlugin exec;
  exec.api_version = fields.Text("apiVersion");
  if (exec.api_version != "client.authentication.k8s.io/v1" &&
      exec.api_version != "client.authentication.k8s.io/v1beta1") {
    fields.Complain("apiVersion", "must be client.authentication.k8s.io/v1 (or v1beta1)");
  }
  exec.command = fields.Text("command");
  if (exec.command.empty()) fields.Complain("command", "is required");
  if (absl::StrContains(exec.command, "/")) exec.command = fields.Path("command").native();
  exec.install_hint = fields.Text("installHint");
  exec.provide_cluster_info = fields.Flag("provideClusterInfo");
  if (fields.Text("interactiveMode") == "Always") {
    fields.Complain("interactiveMode", "is Always, and there is nobody to ask");
  }
  if (const Json* arguments = fields.Find("args"); arguments != nullptr && arguments->is_array()) {
    for (const Json& argument : *arguments) {
      if (!argument.is_string()) fields.Complain("args", "must be strings");
      exec.arguments.push_back(argument.is_string() ? argument.get<std::string>() : "");
    }
  }
  if (const Json* variables = fields.Find("env"); variables != nullptr && variables->is_array()) {
    for (const Json& variable : *variables) {
      const Fields pair(variable, file, "user.exec.env", status);
      exec.environment[pair.Text("name")] = pair.Text("value");
    }
  }
  return exec;
}

void ReadCluster(const Named& cluster, ClientConfig& config, absl::Status& status) {
  const Fields fields(cluster.value, cluster.file, "cluster", status);
  config.server = std::string(absl::StripTrailingAsciiWhitespace(fields.Text("server")));
  while (absl::EndsWith(config.server, "/")) config.server.pop_back();
  // kubectl takes an address without a scheme for plain HTTP.
  if (!config.server.empty() && !absl::StrContains(config.server, "://")) config.server = "http://" + config.server;
  if (!absl::StartsWith(config.server, "https://") && !absl::StartsWith(config.server, "http://")) {
    fields.Complain("server", "must be an https:// or http:// address");
  }
  config.authority = fields.Pem("certificate-authority");
  config.insecure_skip_tls_verify = fields.Flag("insecure-skip-tls-verify");
  config.tls_server_name = fields.Text("tls-server-name");
  config.proxy_url = fields.Text("proxy-url");
}

void ReadUser(const Named& user, ClientConfig& config, absl::Status& status) {
  const Fields fields(user.value, user.file, "user", status);
  config.certificate = fields.Pem("client-certificate");
  config.key = fields.Pem("client-key");
  if (config.certificate.empty() != config.key.empty()) {
    fields.Complain("client-certificate", "and client-key need each other");
  }
  // As in client-go, the file goes before the text.
  config.token.file = fields.Path("tokenFile");
  if (config.token.file.empty()) config.token.text = fields.Text("token");
  config.username = fields.Text("username");
  config.password = fields.Text("password");
  config.exec = ReadExec(fields, user.file, status);
  if (fields.Find("auth-provider") != nullptr) {
    fields.Complain("auth-provider", "is not supported (Kubernetes removed it in 1.26); use an exec plugin");
  }
}

absl::StatusOr<ClientConfig> Select(const Merged& merged, const std::string& wanted) {
  const std::string& name = wanted.empty() ? merged.current_context : wanted;
  if (name.empty()) {
    return absl::InvalidArgumentError("the kubeconfig has no current-context; choose one with --context");
  }
  const auto context = merged.contexts.find(name);
  if (context == merged.contexts.end()) {
    return absl::InvalidArgumentError(absl::StrCat("the kubeconfig has no context \"", name, "\""));
  }
  absl::Status status;
  const Fields fields(context->second.value, context->second.file, "context", status);
  ClientConfig config;
  config.ns = fields.Text("namespace");
  const std::string cluster = fields.Text("cluster"), user = fields.Text("user");
  if (merged.clusters.count(cluster) == 0) fields.Complain("cluster", "names none of the clusters");
  if (!user.empty() && merged.users.count(user) == 0) fields.Complain("user", "names none of the users");
  if (status.ok()) ReadCluster(merged.clusters.at(cluster), config, status);
  if (status.ok() && !user.empty()) ReadUser(merged.users.at(user), config, status);
  if (!status.ok()) return status;
  return config;
}

}  // namespace

std::string CurrentText(const FileOrText& from) {
  if (from.file.empty()) return from.text;
  std::ifstream in(from.file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? text.str() : "";
}

absl::StatusOr<ClientConfig> InClusterConfig(const ReadVariable& variable, const fs::path& folder) {
  const std::string host = variable("KUBERNETES_SERVICE_HOST").value_or("");
  const std::string port = variable("KUBERNETES_SERVICE_PORT").value_or("");
  if (host.empty() || port.empty()) {
    return absl::NotFoundError("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no Pod");
  }
  ClientConfig config;
  const bool bare_ipv6 = absl::StrContains(host, ":") && !absl::StartsWith(host, "[");
  config.server = absl::StrCat("https://", bare_ipv6 ? "[" : "", host, bare_ipv6 ? "]" : "", ":", port);
  config.token.file = folder / "token";
  std::error_code error;
  if (!fs::exists(config.token.file, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(config.token.file.native(), " is not there: is automountServiceAccountToken false?"));
  }
  if (fs::exists(folder / "ca.crt", error)) config.authority.file = folder / "ca.crt";
  config.ns = std::string(absl::StripAsciiWhitespace(ReadFile(folder / "namespace").value_or("")));
  return config;
}

std::vector<fs::path> SplitKubeconfigPaths(const std::string& list) {
  std::vector<fs::path> paths;
  for (const auto part : absl::StrSplit(list, ':', absl::SkipEmpty())) paths.emplace_back(std::string(part));
  return paths;
}

absl::StatusOr<ClientConfig> ReadKubeconfig(const std::vector<fs::path>& paths, const std::string& context) {
  Merged merged;
  for (const fs::path& path : paths) {
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (absl::IsNotFound(text.status()) && paths.size() > 1) continue;
    if (!text.ok()) return text.status();
    if (const absl::Status status = MergeFile(fs::absolute(path), *text, merged); !status.ok()) return status;
  }
  return Select(merged, context);
}

}  // namespace nuncio::kube
