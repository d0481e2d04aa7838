#include "nuncio/ir/tls_parameters.h"

#include <gtest/gtest.h>

namespace nuncio::ir {
namespace {

TEST(TlsParameters, CipherSuites) {
  for (const auto element : {"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ALL",
                             "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]", "[AES128-SHA]"}) {
    EXPECT_TRUE(IsCipherSuite(element)) << element;
  }
  for (const auto element :
       {"", "TLS_AES_128_GCM_SHA256", "aes128-sha", "AES128-SHA ", "AES128-SHA:AES256-SHA", "!AES128-SHA",
        "ECDHE+AESGCM", "@STRENGTH", "[", "]", "[]", "[AES128-SHA|]", "[AES128-SHA|NOPE]", "[[ALL]]"}) {
    EXPECT_FALSE(IsCipherSuite(element)) << element;
  }
}

TEST(TlsParameters, Curves) {
  EXPECT_EQ(CurveOf("P-256"), "P-256");
  EXPECT_EQ(CurveOf("prime256v1"), "P-256");
  EXPECT_EQ(CurveOf("X25519MLKEM768"), "X25519MLKEM768");
  for (const auto name : {"", "P-224", "p-256", "P-256:X25519", "X25519 "}) EXPECT_EQ(CurveOf(name), "") << name;
}

}  // namespace
}  // namespace nuncio::ir
