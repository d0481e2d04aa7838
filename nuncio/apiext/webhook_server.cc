#include "nuncio/apiext/webhook_server.h"

#include <httplib.h>
#include <openssl/ssl.h>

#include <mutex>

#include "nuncio/apiext/pem.h"
#include "nuncio/apiext/review.h"
#include "nuncio/base/check.h"
#include "nuncio/diag/socket_server.h"

namespace nuncio::apiext {
namespace {

constexpr int kTimeoutS = 10;

// What one handshake needs; kept by whoever uses it while another one takes its place.
struct Identity {
  explicit Identity(const Pair& pair) : certificate(ReadCertificate(pair.certificate)), key(ReadKey(pair.key)) {
    NUNCIO_CHECK(certificate != nullptr && key != nullptr);
  }

  const Certificate certificate;
  const Key key;
};

class HttplibWebhookServer : public WebhookServer {
 public:
  HttplibWebhookServer() : server_(kTimeoutS, kMostReviewBytes, [this](SSL_CTX& context) { return SetUp(context); }) {
    server_.Post(kWebhookPath, [](const httplib::Request& request, httplib::Response& response) {
      const ReviewAnswer answer = AnswerReview(request.body);
      response.status = answer.status;
      response.set_content(answer.body, answer.status == 200 ? "application/json" : "text/plain");
    });
  }

  void Serve(const diag::ListeningSocket& socket) { server_.Serve(socket); }

  void SetPair(const Pair& pair) override {
    auto fresh = std::make_shared<const Identity>(pair);
    std::lock_guard lock(mutex_);
    identity_ = std::move(fresh);
  }

  uint16_t port() const override { return server_.port(); }

 private:
  bool SetUp(SSL_CTX& context) {
    SSL_CTX_set_cert_cb(
        &context, [](SSL* ssl, void* self) { return static_cast<HttplibWebhookServer*>(self)->Identify(ssl); }, this);
    return SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION) == 1;
  }

  // OpenSSL's answers: 1 goes on, 0 ends the handshake.
  int Identify(SSL* ssl) {
    std::shared_ptr<const Identity> identity;
    {
      std::lock_guard lock(mutex_);
      identity = identity_;
    }
    if (identity == nullptr) return 0;
    return SSL_use_certificate(ssl, identity->certificate.get()) == 1 &&
                   SSL_use_PrivateKey(ssl, identity->key.get()) == 1
               ? 1
               : 0;
  }

  std::mutex mutex_;
  std::shared_ptr<const Identity> identity_;       // of `mutex_`
  diag::SocketServer<httplib::SSLServer> server_;  // last: its threads use the rest
};

}  // namespace

absl::StatusOr<std::unique_ptr<WebhookServer>> WebhookServer::Start(const diag::ListenAddress& address) {
  const absl::StatusOr<diag::ListeningSocket> socket = diag::Listen(address);
  if (!socket.ok()) return socket.status();
  auto server = std::make_unique<HttplibWebhookServer>();
  server->Serve(*socket);
  return server;
}

}  // namespace nuncio::apiext
