#include "nuncio/apiext/webhook_server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "nuncio/base/json.h"

namespace nuncio::apiext {
namespace {

constexpr char kQuestion[] = R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"uid":"u",
  "desiredAPIVersion":"getambassador.io/v3alpha1","objects":[
    {"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"x"},"spec":{"host":"h"}}]}})";
// Of the machine's clock, because the client verifies by it.
const int64_t kNow = time(nullptr);

class WebhookServerTest : public testing::Test {
 protected:
  WebhookServerTest() {
    auto server = WebhookServer::Start({"127.0.0.1"});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  static Pair ServerPair(const Pair& authority) {
    return *MakeServerPair(authority, std::vector<std::string>{"localhost"}, kNow);
  }
  // As an API server asks that trusts one authority.
  httplib::Result Ask(const Pair& authority, const std::string& path = kWebhookPath) {
    httplib::SSLClient client("localhost", server_->port());
    client.set_address_family(AF_INET);
    client.set_read_timeout(60);
    X509_STORE* store = X509_STORE_new();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(authority.certificate.data(), -1), BIO_free);
    X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
    X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
    client.set_ca_cert_store(store);
    client.enable_server_certificate_verification(true);
    return client.Post(path, kQuestion, "application/json");
  }

  const Pair authority_ = MakeAuthority(kNow, {});
  std::unique_ptr<WebhookServer> server_;
};

TEST_F(WebhookServerTest, ConvertsForWhoTrustsItsAuthority) {
  EXPECT_FALSE(Ask(authority_)) << "without a certificate";
  server_->SetPair(ServerPair(authority_));
  const httplib::Result answer = Ask(authority_);
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(Json::parse(answer->body)["response"]["convertedObjects"][0]["spec"]["hostname"], "h");
  EXPECT_EQ(Ask(authority_, "/other")->status, 404);
}

TEST_F(WebhookServerTest, TakesANewCertificateWhileItServes) {
  server_->SetPair(ServerPair(authority_));
  const Pair other = MakeAuthority(kNow, {});
  EXPECT_FALSE(Ask(other));
  server_->SetPair(ServerPair(other));
  EXPECT_TRUE(Ask(other));
  EXPECT_FALSE(Ask(authority_));
}

TEST_F(WebhookServerTest, SpeaksNoOldTls) {
  server_->SetPair(ServerPair(authority_));
  httplib::SSLClient client("localhost", server_->port());
  client.set_address_family(AF_INET);
  client.set_read_timeout(60);
  client.enable_server_certificate_verification(false);
  EXPECT_TRUE(client.Post(kWebhookPath, kQuestion, "application/json"));
  SSL_CTX_set_max_proto_version(client.ssl_context(), TLS1_2_VERSION);
  EXPECT_FALSE(client.Post(kWebhookPath, kQuestion, "application/json"));
}

}  // namespace
}  // namespace nuncio::apiext
