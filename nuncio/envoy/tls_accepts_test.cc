// The cipher suites and curves that nuncio knows are those that the real Envoy knows.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nuncio/base/json.h"
#include "nuncio/envoy/test_certificate.h"
#include "nuncio/envoy/test_envoy.h"
#include "nuncio/ir/tls_parameters.h"

namespace nuncio::envoy {
namespace {

// A listener that terminates TLS with these parameters.
Verdict JudgeParameters(const Json& parameters) {
  const TestCertificate& certificate = MadeCertificate();
  const Json context = {{"@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"},
                        {"common_tls_context",
                         {{"tls_params", parameters},
                          {"tls_certificates",
                           {{{"certificate_chain", {{"inline_string", certificate.chain_pem}}},
                             {"private_key", {{"inline_string", certificate.key_pem}}}}}}}}};
  const Json listener = {
      {"name", "tls"},
      {"address", {{"socket_address", {{"address", "127.0.0.1"}, {"port_value", 0}}}}},
      {"filter_chains",
       {{{"transport_socket", {{"name", "tls"}, {"typed_config", context}}}, {"filters", Json::array()}}}}};
  return Judge(Json{{"static_resources", {{"listeners", {listener}}}}}.dump());
}

TEST(TlsInEnvoy, TakesEverySuite) {
  const Verdict together = JudgeParameters({{"cipher_suites", ir::CipherSuites()}});
  EXPECT_EQ(together.status, 0) << together.output;
  for (const char* element : {"[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]", "FIPS", "3DES"}) {
    EXPECT_EQ(JudgeParameters({{"cipher_suites", {element}}}).status, 0) << element;
  }
}

TEST(TlsInEnvoy, RefusesOtherSuites) {
  for (const char* element :
       {"TLS_AES_128_GCM_SHA256", "aes128-sha", "AES128-SHA ", "[AES128-SHA|NOPE]", "!AES128-SHA", "[[ALL]]"}) {
    EXPECT_NE(JudgeParameters({{"cipher_suites", {element}}}).status, 0) << element;
  }
}

TEST(TlsInEnvoy, Curves) {
  const Verdict all =
      JudgeParameters({{"ecdh_curves", {"P-256", "secp384r1", "P-521", "X25519", "X25519MLKEM768", "MLKEM1024"}}});
  EXPECT_EQ(all.status, 0) << all.output;
  for (const char* name : {"P-224", "p-256", "X25519 "}) {
    EXPECT_NE(JudgeParameters({{"ecdh_curves", {name}}}).status, 0) << name;
  }
  EXPECT_NE(JudgeParameters({{"ecdh_curves", {"P-256", "prime256v1"}}}).status, 0);
}

}  // namespace
}  // namespace nuncio::envoy
