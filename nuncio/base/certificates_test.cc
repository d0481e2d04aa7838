#include "nuncio/base/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/test_certificates.h"

namespace nuncio {
namespace {

using testing::HasSubstr;

std::string Damaged(std::string pem) {
  pem[pem.size() / 2] = '!';
  return pem;
}

TEST(Certificates, AChainIsValidWhileAllOfItIs) {
  const auto validity = CheckChain(MakePair(100, 900).chain + MakePair(200, 1000).chain);
  ASSERT_TRUE(validity.ok());
  EXPECT_EQ(validity->not_before, 200);
  EXPECT_EQ(validity->not_after, 900);
}

TEST(Certificates, SayWhatIsWrongWithAChain) {
  const struct {
    const char* name;
    std::string pem;
    const char* want;
  } kCases[] = {
      {"empty", "", "is empty"},
      {"no PEM", "hello", "holds no PEM certificate"},
      {"a key", SomePair().key, "holds no PEM certificate"},
      {"damaged", Damaged(SomePair().chain), "(number 1) that is damaged"},
      {"second damaged", SomePair().chain + Damaged(SomePair().chain), "(number 2) that is damaged"},
      {"too large", std::string(2 << 20, 'a'), "larger than 1 MiB"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(CheckChain(test.pem).status().message(), HasSubstr(test.want)) << test.name;
  }
}

TEST(Certificates, AKeyIsReadAndComparedWithItsCertificate) {
  EXPECT_TRUE(CheckKey(SomePair().key).ok());
  EXPECT_FALSE(CheckKey(Damaged(SomePair().key)).ok());
  EXPECT_FALSE(CheckKey(SomePair().chain).ok());
  EXPECT_TRUE(CheckKeyBelongs(SomePair().chain, SomePair().key).ok());
  EXPECT_THAT(CheckKeyBelongs(SomePair().chain, MakePair().key).message(), HasSubstr("belongs to another key"));
}

TEST(Certificates, AKeyIsOfAKindThatEnvoyTakes) {
  const auto pem = [](EVP_PKEY* made) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
    return PemOf(
        [](BIO* bio, const void* o) {
          return PEM_write_bio_PrivateKey(bio, static_cast<const EVP_PKEY*>(o), nullptr, nullptr, 0, nullptr, nullptr);
        },
        key.get());
  };
  for (const char* curve : {"P-256", "P-384", "P-521"})
    EXPECT_EQ(CheckKey(pem(EVP_EC_gen(curve))), absl::OkStatus()) << curve;
  EXPECT_EQ(CheckKey(pem(EVP_RSA_gen(2048))), absl::OkStatus());
  EXPECT_EQ(CheckKey(pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))), absl::OkStatus());
  EXPECT_THAT(CheckKey(pem(EVP_RSA_gen(1024))).message(),
              HasSubstr("an RSA key of 1024 bits; Envoy takes 2048 or more"));
  EXPECT_THAT(CheckKey(pem(EVP_EC_gen("P-224"))).message(), HasSubstr("over the curve secp224r1"));
  EXPECT_THAT(CheckKey(pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"))).message(), HasSubstr("neither"));
}

TEST(Certificates, RevocationsAreParsed) {
  EXPECT_TRUE(CheckRevocations(SomePair().revocations).ok());
  EXPECT_FALSE(CheckRevocations(SomePair().chain).ok());
  EXPECT_FALSE(CheckRevocations(Damaged(SomePair().revocations)).ok());
}

}  // namespace
}  // namespace nuncio
