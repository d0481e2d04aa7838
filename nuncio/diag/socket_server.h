#pragma once

#include <httplib.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "nuncio/diag/listening_socket.h"

namespace nuncio::diag {

// A server of the library on a socket that listens already: by itself the library binds with options of its own
// (SO_REUSEPORT, both versions of IP). `Base` is httplib::Server or httplib::SSLServer. Answers on threads of its own,
// one request a connection, until it is destroyed. Serve() once, after the handlers are set.
template <typename Base>
class SocketServer : public Base {
 public:
  template <typename... Arguments>
  explicit SocketServer(int timeout_s, size_t most_body_bytes, Arguments&&... arguments)
      : Base(std::forward<Arguments>(arguments)...) {
    this->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    this->set_keep_alive_max_count(1);
    this->set_read_timeout(timeout_s);
    this->set_write_timeout(timeout_s);
    this->set_payload_max_length(most_body_bytes);
  }

  ~SocketServer() override {
    // stop() before the accepting thread is at its work would be lost.
    while (thread_.joinable() && !this->is_running() && !ended_) std::this_thread::yield();
    this->stop();
    if (thread_.joinable()) thread_.join();
  }

  void Serve(const ListeningSocket& socket) {
    port_ = socket.port;
    this->svr_sock_ = socket.descriptor;
    thread_ = std::thread([this] {
      this->listen_after_bind();
      ended_ = true;
    });
  }

  uint16_t port() const { return port_; }

 private:
  static constexpr size_t kThreads = 4;

  uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace nuncio::diag
