#include "nuncio/diag/health_server.h"

#include <httplib.h>

#include <utility>

#include "nuncio/diag/socket_server.h"

namespace nuncio::diag {
namespace {

constexpr int kTimeoutS = 2;

class HttplibServer : public HealthServer {
 public:
  explicit HttplibServer(std::function<Answer(const std::string&)> answer)
      : answer_(std::move(answer)), server_(kTimeoutS, 0) {
    // Before the library's own routing: that matches regular expressions and reads bodies.
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Handle(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
  }

  void Serve(const ListeningSocket& socket) { server_.Serve(socket); }

  uint16_t port() const override { return server_.port(); }

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
  SocketServer<httplib::Server> server_;
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
