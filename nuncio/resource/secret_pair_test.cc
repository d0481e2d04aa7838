#include "nuncio/resource/secret_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/test_certificates.h"

namespace nuncio::resource {
namespace {

using testing::HasSubstr;

using Data = std::map<std::string, std::string>;

Secret With(const Data& data) {
  Secret secret;
  secret.data = data;
  return secret;
}

Data Pair(const std::string& chain, const std::string& key) { return {{"tls.crt", chain}, {"tls.key", key}}; }

TEST(SecretPair, ProblemsNameTheEntry) {
  const TestPair& pair = SomePair();
  const struct {
    const char* name;
    Data data;
    const char* want;
  } kCases[] = {
      {"good", Pair(pair.chain, pair.key), ""},
      {"Istio's", {{"cert-chain.pem", pair.chain}, {"key.pem", pair.key}}, ""},
      {"nothing", {}, "has no tls.crt"},
      {"empty key", Pair(pair.chain, ""), "has no tls.key"},
      {"no certificate", Pair("x", pair.key), "tls.crt holds no PEM certificate"},
      {"no key", Pair(pair.chain, "x"), "tls.key holds no unencrypted PEM private key"},
      {"another's key", Pair(pair.chain, MakePair().key), "tls.crt belongs to another key"},
      {"Istio's without key", {{"cert-chain.pem", pair.chain}}, "has no key.pem"},
  };
  for (const auto& c : kCases) {
    const std::string problem = ProblemOfPair(With(c.data));
    EXPECT_THAT(problem, HasSubstr(c.want)) << c.name;
    EXPECT_EQ(problem.empty(), *c.want == '\0') << c.name;
  }
}

TEST(SecretPair, HalfRotatedIsAGoodPairThatIsNoneAnyMore) {
  const TestPair old = MakePair();
  const TestPair fresh = MakePair();
  const Data good = Pair(old.chain, old.key);
  const struct {
    const char* name;
    Data before;
    Data now;
    bool want;
  } kCases[] = {
      {"rotated", good, Pair(fresh.chain, fresh.key), false},
      {"the certificate came first", good, Pair(fresh.chain, old.key), true},
      {"the key came first", good, Pair(old.chain, fresh.key), true},
      {"a damaged certificate", good, Pair("x", old.key), true},
      {"emptied", good, Pair("", ""), true},
      {"no longer a pair: an authority, say", good, {{"tls.crt", fresh.chain}}, false},
      {"bad before", Pair(fresh.chain, old.key), Pair(old.chain, fresh.key), false},
      {"Istio's",
       {{"cert-chain.pem", old.chain}, {"key.pem", old.key}},
       {{"cert-chain.pem", fresh.chain}, {"key.pem", old.key}},
       true},
  };
  for (const auto& c : kCases) EXPECT_EQ(IsHalfRotated(With(c.before), With(c.now)), c.want) << c.name;
}

}  // namespace
}  // namespace nuncio::resource
