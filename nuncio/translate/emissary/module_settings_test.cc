#include "nuncio/translate/emissary/module_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TestContext WithConfig(const char* config) {
  return TestContext(Emissary("Module", "ambassador", Cat("config: {", config, "}")));
}

TEST(Module, NothingGivesTheDocumentedDefaults) {
  TestContext test("");
  EXPECT_THAT(test.Findings(), IsEmpty());
  EXPECT_EQ(test.module.request_timeout, std::chrono::milliseconds(3000));
  EXPECT_EQ(test.module.resolver, "kubernetes-service");
  EXPECT_TRUE(test.module.tls_secret_namespacing);
  EXPECT_TRUE(test.module.liveness.enabled);
  EXPECT_EQ(test.module.liveness.prefix, "/ambassador/v0/check_alive");
  EXPECT_FALSE(test.module.diagnostics.enabled);
  EXPECT_EQ(test.module.http.server_name, "envoy");
  EXPECT_TRUE(test.module.http.use_remote_address);
  EXPECT_EQ(test.module.http.access_logs.at(0).path, "/dev/fd/1");
}

TEST(Module, EachKeyIsReadOnItsOwn) {
  TestContext test = WithConfig("server_name: mine, merge_slashes: 'Yes', cluster_request_timeout_ms: wrong");
  EXPECT_EQ(test.module.http.server_name, "mine");
  EXPECT_TRUE(test.module.http.merge_slashes);
  EXPECT_EQ(test.module.request_timeout, std::chrono::milliseconds(3000));
  EXPECT_THAT(test.Findings(), ElementsAre("E module-invalid ambassador spec.config.cluster_request_timeout_ms"));
}

TEST(Module, WrongValuesAreFindingsAndTheDefaultHolds) {
  const struct {
    const char* config;
    const char* want;
  } kCases[] = {
      {"server_name: 5", "E module-invalid ambassador spec.config.server_name"},
      {"enable_http10: 'yes'", "E module-invalid ambassador spec.config.enable_http10"},
      {"admin_port: '8001'", "E module-invalid ambassador spec.config.admin_port"},
      {"admin_port: 65536", "E module-invalid ambassador spec.config.admin_port"},
      {"max_request_headers_kb: 0", "E module-invalid ambassador spec.config.max_request_headers_kb"},
      {"regex_max_size: -1", "E module-invalid ambassador spec.config.regex_max_size"},
      {"envoy_log_type: xml", "E module-invalid ambassador spec.config.envoy_log_type"},
      {"envoy_log_format: {a: b}", "E module-invalid ambassador spec.config.envoy_log_format"},
      {"headers_with_underscores_action: NO",
       "E module-invalid ambassador spec.config.headers_with_underscores_action"},
      {"forward_client_cert_details: NO", "E module-invalid ambassador spec.config.forward_client_cert_details"},
      {"ip_allow: [{peer: nowhere}]", "E module-invalid ambassador spec.config.ip_allow[0].peer"},
      {"ip_deny: [{remote: 10.0.0.0/33}]", "E module-invalid ambassador spec.config.ip_deny[0].remote"},
      {"buffer: {}", "E module-invalid ambassador spec.config.buffer.max_request_bytes"},
      {"gzip: {window_bits: 99}", "E module-invalid ambassador spec.config.gzip.window_bits"},
      {"retry_policy: {retry_on: never}", "E module-invalid ambassador spec.config.retry_policy.retry_on"},
      {"load_balancer: {policy: ring_hash}", "E module-invalid ambassador spec.config.load_balancer"},
      {"circuit_breakers: [{max_requests: -1}]",
       "E module-invalid ambassador spec.config.circuit_breakers[0].max_requests"},
      {"tls: {}", "E module-invalid ambassador spec.config.tls"},
      {"error_response_overrides: []", "E module-invalid ambassador spec.config.error_response_overrides"},
      {"liveness_probe: {enabled: 1}", "E module-invalid ambassador spec.config.liveness_probe.enabled"},
      {"defaults: {add_request_headers: 5}", "E module-invalid ambassador spec.config.defaults.add_request_headers"},
      {"servername: x", "W module-unknown-key ambassador spec.config.servername"},
      {"gzip: {level: 1}", "W module-unknown-key ambassador spec.config.gzip.level"},
      {"service_port: 8443", "N field-without-effect ambassador spec.config.service_port"},
      {"default_labels: {}", "N not-built ambassador spec.config.default_labels"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(WithConfig(test.config).Findings(), ElementsAre(test.want)) << test.config;
  }
}

TEST(Module, FiltersAreOnWhenTheyAreTrue) {
  TestContext off = WithConfig("enable_grpc_web: false, enable_grpc_http11_bridge: false");
  EXPECT_FALSE(off.module.http.grpc_web);
  EXPECT_FALSE(off.module.http.grpc_http11_bridge);
  TestContext on = WithConfig("enable_grpc_web: true, lua_scripts: 'x()', buffer: {max_request_bytes: 5}");
  EXPECT_TRUE(on.module.http.grpc_web);
  EXPECT_EQ(on.module.http.lua, "x()");
  EXPECT_EQ(on.module.http.buffer_max_request_bytes, 5U);
}

TEST(Module, AddressesAreAllowedBeforeTheyAreDenied) {
  TestContext test = WithConfig("ip_allow: [{peer: 10.0.0.0/8}, {remote: '::1'}], ip_deny: [{peer: 1.1.1.1}]");
  ASSERT_TRUE(test.module.http.addresses);
  EXPECT_TRUE(test.module.http.addresses->allow);
  EXPECT_THAT(test.module.http.addresses->ranges,
              ElementsAre(ir::CidrRange{"10.0.0.0", 8, true}, ir::CidrRange{"::1", 128, false}));
  EXPECT_THAT(test.Findings(), ElementsAre("E module-invalid ambassador spec.config.ip_deny"));
}

TEST(Module, DefaultsOfAClassComeFirst) {
  TestContext test = WithConfig(
      "defaults: {stats_name: all, remove_request_headers: [a], tls_secret_namespacing: false, httpmapping: "
      "{stats_name: "
      "mine}}");
  EXPECT_EQ(test.module.stats_name, "mine");
  EXPECT_EQ(test.module.remove_request_headers, std::vector<std::string>{"a"});
  EXPECT_FALSE(test.module.tls_secret_namespacing);
  EXPECT_THAT(test.Findings(), IsEmpty());
}

}  // namespace
}  // namespace nuncio::translate::emissary
