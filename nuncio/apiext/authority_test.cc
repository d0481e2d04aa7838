#include "nuncio/apiext/authority.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

#include "nuncio/base/test_certificates.h"

namespace nuncio::apiext {
namespace {

constexpr int64_t kNow = 1'800'000'000;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::vector<Certificate> Read(const std::string& pem) {
  std::vector<Certificate> out;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), -1), BIO_free);
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) out.emplace_back(one, X509_free);
  return out;
}

// As a client verifies: trust in the authorities, a time, a name.
bool IsTrusted(const std::string& authorities, const std::string& server, const char* name, int64_t when) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  for (const Certificate& authority : Read(authorities)) X509_STORE_add_cert(store.get(), authority.get());
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
  const std::vector<Certificate> leaf = Read(server);
  X509_STORE_CTX_init(context.get(), store.get(), leaf.at(0).get(), nullptr);
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set1_host(wanted, name, 0);
  X509_VERIFY_PARAM_set_time(wanted, when);
  X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
  return X509_verify_cert(context.get()) == 1;
}

TEST(Authority, SignsServersThatClientsTrust) {
  const Pair authority = MakeAuthority(kNow, {});
  EXPECT_TRUE(CheckAuthority(authority, kNow).ok());
  const std::vector<std::string> names = {"webhook.edge.svc", "webhook"};
  const absl::StatusOr<Pair> server = MakeServerPair(authority, names, kNow);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE(IsTrusted(authority.certificate, server->certificate, "webhook.edge.svc", kNow));
  EXPECT_TRUE(IsTrusted(authority.certificate, server->certificate, "webhook", kNow + kServerLife - 1));
  EXPECT_FALSE(IsTrusted(authority.certificate, server->certificate, "other.edge.svc", kNow));
  EXPECT_FALSE(IsTrusted(authority.certificate, server->certificate, "webhook", kNow + kServerLife + 1));
  EXPECT_FALSE(IsTrusted(MakeAuthority(kNow, {}).certificate, server->certificate, "webhook", kNow));
  EXPECT_FALSE(CheckAuthority(*server, kNow).ok()) << "it may not sign";
}

TEST(Authority, ThatIsReplacedIsTrustedMeanwhile) {
  const Pair first = MakeAuthority(kNow, {});
  const std::vector<std::string> names = {"webhook"};
  const int64_t later = kNow + kAuthorityLife - kDay;
  const absl::StatusOr<Pair> server = MakeServerPair(first, names, later - kDay);
  const Pair second = MakeAuthority(later, first);
  EXPECT_TRUE(CheckAuthority(second, later).ok()) << "the old one's end is not its own";
  EXPECT_TRUE(IsTrusted(second.certificate, server->certificate, "webhook", later));
  EXPECT_TRUE(IsTrusted(second.certificate, MakeServerPair(second, names, later)->certificate, "webhook", later));
  EXPECT_EQ(Read(MakeAuthority(later, second).certificate).size(), 2u) << "not the one before that";
  EXPECT_EQ(Read(MakeAuthority(later + 2 * kAuthorityLife, second).certificate).size(), 1u) << "expired";
}

TEST(Authority, IsReplacedInTime) {
  const Pair authority = MakeAuthority(kNow, {});
  EXPECT_TRUE(CheckAuthority(authority, kNow + kAuthorityLife - kAuthorityLeft).ok());
  EXPECT_FALSE(CheckAuthority(authority, kNow + kAuthorityLife - kAuthorityLeft + 1).ok());
}

TEST(Authority, ThatIsNoneIsRefused) {
  const Pair good = MakeAuthority(kNow, {});
  for (const Pair& bad : {Pair{}, Pair{"x", "y"}, Pair{good.certificate, SomePair().key}, Pair{good.certificate, ""},
                          Pair{"", good.key}}) {
    EXPECT_FALSE(CheckAuthority(bad, kNow).ok());
    EXPECT_FALSE(MakeServerPair(bad, std::vector<std::string>{"a"}, kNow).ok());
  }
}

}  // namespace
}  // namespace nuncio::apiext
