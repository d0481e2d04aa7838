#include "nuncio/diag/health_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"

namespace nuncio::diag {
namespace {

constexpr size_t kThreads = 4;

class HttplibServer : public HealthServer {
 public:
  explicit HttplibServer(std::function<Answer(const std::string&)> answer) : answer_(std::move(answer)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // Not the library's default, SO_REUSEPORT: with it a second process would take half of the probes.
    server_.set_socket_options([](int socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
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

  absl::Status Listen(const std::string& address, uint16_t port) {
    const int bound = port == 0 ? server_.bind_to_any_port(address) : server_.bind_to_port(address, port) ? port : -1;
    if (bound <= 0) return absl::UnavailableError(absl::StrCat("cannot listen on ", address, " port ", port));
    port_ = static_cast<uint16_t>(bound);
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    return absl::OkStatus();
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
  httplib::Server server_;
  uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HealthServer>> HealthServer::Start(
    const std::string& address, uint16_t port, std::function<Answer(const std::string& path)> answer) {
  auto server = std::make_unique<HttplibServer>(std::move(answer));
  if (const absl::Status listening = server->Listen(address, port); !listening.ok()) return listening;
  return server;
}

}  // namespace nuncio::diag
