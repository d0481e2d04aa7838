#include "nuncio/envoy/tls.h"

#include <gtest/gtest.h>

#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "nuncio/envoy/test_json.h"

namespace nuncio::envoy {
namespace {

using ir::TlsVersion;

TEST(MakeDownstreamTls, Versions) {
  const struct {
    const char* name;
    std::optional<TlsVersion> minimum, maximum;
    const char* want_minimum;
    const char* want_maximum;
  } cases[] = {
      {"open", {}, {}, "TLSv1_2", "TLSv1_3"},
      {"old by name", TlsVersion::kTls10, {}, "TLSv1_0", "TLSv1_3"},
      {"old by maximum", {}, TlsVersion::kTls11, "TLSv1_1", "TLSv1_1"},
      {"new only", TlsVersion::kTls13, {}, "TLSv1_3", "TLSv1_3"},
  };
  for (const auto& c : cases) {
    ir::DownstreamTls tls;
    tls.parameters.minimum = c.minimum;
    tls.parameters.maximum = c.maximum;
    const auto parameters = JsonOf(MakeDownstreamTls(tls))["common_tls_context"]["tls_params"];
    EXPECT_EQ(parameters["tls_minimum_protocol_version"], c.want_minimum) << c.name;
    EXPECT_EQ(parameters["tls_maximum_protocol_version"], c.want_maximum) << c.name;
  }
}

TEST(MakeDownstreamTls, MaterialArrivesBySds) {
  ir::DownstreamTls tls;
  tls.certificate = ir::SecretId{"c"};
  tls.trust = ir::SecretId{"t"};
  tls.require_client_certificate = true;
  tls.alpn = {"h2"};
  auto made = JsonOf(MakeDownstreamTls(tls));
  made["common_tls_context"].erase("tls_params");
  EXPECT_EQ(made, JsonOf(R"({"require_client_certificate": true, "common_tls_context": {
      "alpn_protocols": ["h2"],
      "tls_certificate_sds_secret_configs":
          [{"name": "c", "sds_config": {"ads": {}, "resource_api_version": "V3"}}],
      "validation_context_sds_secret_config":
          {"name": "t", "sds_config": {"ads": {}, "resource_api_version": "V3"}}}})"));
}

}  // namespace
}  // namespace nuncio::envoy
