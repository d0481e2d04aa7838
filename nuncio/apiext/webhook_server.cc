#include "nuncio/apiext/webhook_server.h"

#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "nuncio/apiext/review.h"
#include "nuncio/base/check.h"

namespace nuncio::apiext {
namespace {

constexpr size_t kThreads = 4;

// What one handshake needs; kept by whoever uses it while another one takes its place.
struct Identity {
  explicit Identity(const Pair& pair)
      : certificate(Read<X509>(pair.certificate, PEM_read_bio_X509), X509_free),
        key(Read<EVP_PKEY>(pair.key, PEM_read_bio_PrivateKey), EVP_PKEY_free) {
    NUNCIO_CHECK(certificate != nullptr && key != nullptr);
  }

  template <typename T, typename Reader>
  static T* Read(const std::string& pem, Reader reader) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
    return reader(bio.get(), nullptr, nullptr, nullptr);
  }

  const std::unique_ptr<X509, decltype(&X509_free)> certificate;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
};

// As in diag/health_server: the library gets a socket that listens already.
class SslServer : public httplib::SSLServer {
 public:
  using httplib::SSLServer::SSLServer;
  void Adopt(int socket) { svr_sock_ = socket; }
};

class HttplibWebhookServer : public WebhookServer {
 public:
  HttplibWebhookServer() : server_([this](SSL_CTX& context) { return SetUp(context); }) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(10);
    server_.set_write_timeout(10);
    server_.set_payload_max_length(kMostReviewBytes);
    server_.Post(kWebhookPath, [](const httplib::Request& request, httplib::Response& response) {
      const ReviewAnswer answer = AnswerReview(request.body);
      response.status = answer.status;
      response.set_content(answer.body, answer.status == 200 ? "application/json" : "text/plain");
    });
  }

  ~HttplibWebhookServer() override {
    // stop() before the accepting thread is at its work would be lost.
    while (thread_.joinable() && !server_.is_running() && !ended_) std::this_thread::yield();
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void Serve(const diag::ListeningSocket& socket) {
    port_ = socket.port;
    server_.Adopt(socket.descriptor);
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }

  void SetPair(const Pair& pair) override {
    auto fresh = std::make_shared<const Identity>(pair);
    std::lock_guard lock(mutex_);
    identity_ = std::move(fresh);
  }

  uint16_t port() const override { return port_; }

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
  std::shared_ptr<const Identity> identity_;  // of `mutex_`
  SslServer server_;
  uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
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
