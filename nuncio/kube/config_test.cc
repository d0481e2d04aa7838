#include "nuncio/kube/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "nuncio/base/json.h"
#include "nuncio/kube/credentials.h"
#include "nuncio/kube/exec_plugin.h"

namespace nuncio::kube {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string name = (fs::temp_directory_path() / "nuncio-config-XXXXXX").native();
    folder_ = mkdtemp(name.data());
  }
  ~ConfigTest() override { fs::remove_all(folder_); }
  fs::path Write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << text;
    return folder_ / name;
  }
  static ReadVariable Variables(std::map<std::string, std::string> values) {
    return [values](const std::string& name) -> std::optional<std::string> {
      const auto at = values.find(name);
      if (at == values.end()) return std::nullopt;
      return at->second;
    };
  }

  fs::path folder_;
};

TEST_F(ConfigTest, APodFindsItsServer) {
  Write("token", "t");
  Write("ca.crt", "ca");
  Write("namespace", "edge\n");
  struct Case {
    const char* host;
    const char* server;
  };
  for (const Case& c : {Case{"10.0.0.1", "https://10.0.0.1:443"}, Case{"fd00::1", "https://[fd00::1]:443"},
                        Case{"[fd00::1]", "https://[fd00::1]:443"}, Case{"api.local", "https://api.local:443"}}) {
    const auto config =
        InClusterConfig(Variables({{"KUBERNETES_SERVICE_HOST", c.host}, {"KUBERNETES_SERVICE_PORT", "443"}}), folder_);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->server, c.server);
    EXPECT_EQ(config->ns, "edge");
    EXPECT_EQ(config->token.file, folder_ / "token");
    EXPECT_EQ(config->authority.file, folder_ / "ca.crt");
  }
  EXPECT_TRUE(absl::IsNotFound(InClusterConfig(Variables({}), folder_).status()));
  fs::remove(folder_ / "token");
  const auto without =
      InClusterConfig(Variables({{"KUBERNETES_SERVICE_HOST", "h"}, {"KUBERNETES_SERVICE_PORT", "1"}}), folder_);
  EXPECT_THAT(std::string(without.status().message()), HasSubstr("automountServiceAccountToken"));
}

constexpr char kTwoClusters[] = R"(
apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: c1, cluster: {server: "https://one:6443/", certificate-authority: pki/ca.crt, tls-server-name: kubernetes}}
- {name: c2, cluster: {server: "https://two", certificate-authority-data: Y2E=, proxy-url: "http://proxy:3128"}}
users:
- {name: u1, user: {client-certificate: pki/c.crt, client-key: /abs/c.key}}
- {name: u2, user: {token: secret, tokenFile: tok}}
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: edge}}
- {name: two, context: {cluster: c2, user: u2}}
)";

TEST_F(ConfigTest, ContextsOfAKubeconfig) {
  const fs::path file = Write("sub/config", kTwoClusters);
  const auto one = ReadKubeconfig({file}, "");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->server, "https://one:6443");
  EXPECT_EQ(one->authority.file, folder_ / "sub/pki/ca.crt") << "relative to the file that says so";
  EXPECT_EQ(one->tls_server_name, "kubernetes");
  EXPECT_EQ(one->certificate.file, folder_ / "sub/pki/c.crt");
  EXPECT_EQ(one->key.file, "/abs/c.key");
  EXPECT_EQ(one->ns, "edge");
  const auto two = ReadKubeconfig({file}, "two");
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->authority.text, "ca");
  EXPECT_EQ(two->proxy_url, "http://proxy:3128");
  EXPECT_EQ(two->token.file, folder_ / "sub/tok") << "the file goes before the text";
}

TEST_F(ConfigTest, SeveralFilesAreMergedAndTheFirstWordCounts) {
  const fs::path first = Write("a/config", R"(
current-context: two
users: [{name: u2, user: {token: other}}]
)");
  const fs::path second = Write("b/config", kTwoClusters);
  const auto paths = SplitKubeconfigPaths(first.native() + ":" + (folder_ / "none").native() + "::" + second.native());
  EXPECT_THAT(paths, ElementsAre(first, folder_ / "none", second));
  const auto config = ReadKubeconfig(paths, "");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->server, "https://two");
  EXPECT_EQ(config->token.text, "other");
}

TEST_F(ConfigTest, MistakesAreNamed) {
  const std::string base =
      "clusters: [{name: c, cluster: {server: 'https://s'}}]\n"
      "contexts: [{name: x, context: {cluster: c, user: u}}]\n";
  struct Case {
    std::string text;
    const char* context;
    const char* want;
  };
  for (const Case& c : std::vector<Case>{
           {"a: [", "", "config:"},
           {"7", "", "is no kubeconfig"},
           {base, "", "no current-context"},
           {base, "y", "no context \"y\""},
           {base, "x", "user names none of the users"},
           {"contexts: [{name: x, context: {cluster: c}}]", "x", "cluster names none of the clusters"},
           {base + "users: [{name: u, user: {token: 7}}]", "x", "user.token must be a string"},
           {base + "users: [{name: u, user: {client-certificate: c}}]", "x", "need each other"},
           {base + "users: [{name: u, user: {client-certificate-data: '!', client-key: k}}]", "x", "must be base64"},
           {base + "users: [{name: u, user: {auth-provider: {name: gcp}}}]", "x", "use an exec plugin"},
           {base + "users: [{name: u, user: {exec: {command: c}}}]", "x", "exec.apiVersion must be"},
           {base + "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", "x",
            "exec.command is required"},
       }) {
    const auto config = ReadKubeconfig({Write("config", c.text)}, c.context);
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(c.want)) << c.text;
  }
  EXPECT_TRUE(absl::IsNotFound(ReadKubeconfig({folder_ / "none"}, "").status()));
}

TEST_F(ConfigTest, ExecPlugins) {
  const fs::path file = Write("config", R"(
clusters: [{name: c, cluster: {server: "https://s", certificate-authority-data: Y2E=}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/plugin
      args: [get, token]
      env: [{name: A, value: b}]
      provideClusterInfo: true
      installHint: install it
)");
  const auto config = ReadKubeconfig({file}, "x");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->exec->command, folder_ / "bin/plugin");
  EXPECT_THAT(config->exec->arguments, ElementsAre("get", "token"));
  EXPECT_EQ(config->exec->environment.at("A"), "b");
  const Json info = Json::parse(ExecInfoOf(*config));
  EXPECT_EQ(info["kind"], "ExecCredential");
  EXPECT_EQ(info["spec"]["interactive"], false);
  EXPECT_EQ(info["spec"]["cluster"]["server"], "https://s");
  EXPECT_EQ(info["spec"]["cluster"]["certificate-authority-data"], "Y2E=");
  std::atomic<bool> stop = false;
  const auto missing = RunExecPlugin(*config, stop);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("install it"));
}

TEST_F(ConfigTest, WhatAnExecPluginWrites) {
  const std::string v1 = "client.authentication.k8s.io/v1";
  const std::string head = R"({"kind":"ExecCredential","apiVersion":")" + v1 + R"(","status":)";
  const auto good = ReadExecCredential(head + R"({"token":"t","expirationTimestamp":"2026-01-02T03:04:05Z"}})", v1);
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->token, "t");
  EXPECT_EQ(absl::ToUnixSeconds(good->expires), 1767323045);
  EXPECT_EQ(ReadExecCredential(head + R"({"token":"t"}})", v1)->expires, absl::InfiniteFuture());
  for (const std::string& output :
       {std::string("x"), std::string("{}"), head + "{}}", head + R"({"clientKeyData":"k"}})",
        head + R"({"token":"t","expirationTimestamp":"soon"}})"}) {
    EXPECT_FALSE(ReadExecCredential(output, v1).ok()) << output;
  }
  EXPECT_FALSE(ReadExecCredential(head + R"({"token":"t"}})", v1 + "beta1").ok());
}

TEST_F(ConfigTest, FilesAreReadAgainAfterAMinuteOrWhenTheyAreDistrusted) {
  ClientConfig config;
  config.token.file = Write("token", "one\n");
  Credentials credentials(config);
  Time now(std::chrono::hours(1));
  ASSERT_TRUE(credentials.Refresh(now).ok());
  EXPECT_EQ(credentials.Authorization(), "Bearer one");
  Write("token", "two");
  ASSERT_TRUE(credentials.Refresh(now + std::chrono::seconds(59)).ok());
  EXPECT_EQ(credentials.Authorization(), "Bearer one");
  ASSERT_TRUE(credentials.Refresh(now + std::chrono::seconds(60)).ok());
  EXPECT_EQ(credentials.Authorization(), "Bearer two");
  Write("token", "three");
  now += std::chrono::seconds(62);
  credentials.Distrust();
  ASSERT_TRUE(credentials.Refresh(now).ok());
  EXPECT_EQ(credentials.Authorization(), "Bearer three");
  fs::remove(folder_ / "token");
  ASSERT_TRUE(credentials.Refresh(now + std::chrono::minutes(2)).ok());
  EXPECT_EQ(credentials.Authorization(), "Bearer three");
}

TEST_F(ConfigTest, AnExecCredentialIsRenewedBeforeItExpires) {
  ClientConfig config;
  config.exec = ExecPlugin();
  Credentials credentials(config);
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  EXPECT_TRUE(credentials.NeedsExec(now));
  ExecCredential got;
  got.token = "t";
  got.expires = now + absl::Minutes(10);
  credentials.OnExec(got);
  EXPECT_FALSE(credentials.NeedsExec(now));
  EXPECT_EQ(credentials.Authorization(), "Bearer t");
  EXPECT_TRUE(credentials.NeedsExec(now + absl::Minutes(10) - absl::Seconds(9)));
  credentials.Distrust();
  EXPECT_TRUE(credentials.NeedsExec(now));
}

}  // namespace
}  // namespace nuncio::kube
