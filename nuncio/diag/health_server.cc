#include "nuncio/diag/health_server.h"

#include <httplib.h>

#include <atomic>
#include <thread>

namespace nuncio::diag {
namespace {

constexpr size_t kThreads = 4;

// The library binds with options of its own (SO_REUSEPORT, both versions of IP), so it gets a socket that listens
// already.
class Server : public httplib::Server {
 public:
  void Adopt(int socket) { svr_sock_ = socket; }
};

class HttplibServer : public HealthServer {
 public:
  explicit HttplibServer(std::function<Answer(const std::string&)> answer) : answer_(std::move(answer)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(2);
    server_.set_write_timeout(2);
    server_.set_payload_max_length(0);
    // Before the library's own routing: that matches regular expressions and reads bodies.
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Handle(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
  }

  ~HttplibServer() override {
    // stop() before the accepting thread is at its work would be lost.
    while (thread_.joinable() && !server_.is_running() && !ended_) std::this_thread::yield();
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void Serve(const ListeningSocket& socket) {
    port_ = socket.port;
    server_.Adopt(socket.descriptor);
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }

  uint16_t port() const override { return port_; }

 private:
  void Handle(const httplib::Request& request, httplib::Response& response) {
    if (request.method != "GET" && request.method != "HEAD") {
      response.status = 405;
      response.set_header("Allow", "GET, HEAD");
      return;
    }
    const Answer answer = answer_(request.path);
    response.status = answer.status;
    response.set_content(answer.body, answer.content_type);
  }

  const std::function<Answer(const std::string&)> answer_;
  Server server_;
  uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HealthServer>> HealthServer::Start(
    const ListenAddress& address, std::function<Answer(const std::string& path)> answer) {
  const absl::StatusOr<ListeningSocket> socket = Listen(address);
  if (!socket.ok()) return socket.status();
  auto server = std::make_unique<HttplibServer>(std::move(answer));
  server->Serve(*socket);
  return server;
}

}  // namespace nuncio::diag
