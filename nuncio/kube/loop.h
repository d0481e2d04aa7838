#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace nuncio::kube {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

struct Request {
  std::string method = "GET";
  std::string path;  // below the server's address, with its query: "/api/v1/services?watch=1"
  std::string accept = "application/json";
  std::string if_none_match;    // an ETag; empty: unconditional
  std::string content_type;     // of `body`
  std::string body;             // empty: none
  bool compressed = false;      // offer gzip
  Duration until_head{30'000};  // for the head of the answer
  Duration until_end{60'000};   // for all of it
};

struct Head {
  int status = 0;  // of HTTP
  std::string etag;
  std::optional<Duration> retry_after;
};

// Who gets an answer. All calls come from the thread of the loop, none from within Send or Cancel.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void OnHead(const Head& head) = 0;
  // As it comes: any piece of the body, decompressed.
  virtual void OnData(std::string_view data) = 0;
  // The last call, exactly once. Ok: the server ended the body in the way that the protocol has for it. Otherwise:
  // DeadlineExceeded, Unavailable (the connection), Unauthenticated (no credentials to be had), Internal.
  virtual void OnEnd(const absl::Status& status) = 0;
};

// Requests, timers, clock and chance of one thread: all that a class of this folder knows of the world, so that a test
// can be the world. Everything is called and calls back on that thread.
class Loop {
 public:
  using Id = uint64_t;  // never 0
  virtual ~Loop() = default;

  virtual Time Now() const = 0;
  // The time that people and other machines have, in ms since 1970. It may jump.
  virtual int64_t UnixMs() const = 0;
  // `receiver` outlives the request, which ends with OnEnd or Cancel.
  virtual Id Send(Request request, Receiver& receiver) = 0;
  // The receiver hears no more of it. An id that has ended is ignored.
  virtual void Cancel(Id request) = 0;
  virtual Id After(Duration delay, std::function<void()> call) = 0;
  virtual void CancelTimer(Id timer) = 0;
  // Uniform in [0, 1).
  virtual double Random() = 0;
};

// A timer that dies with its owner; setting it again replaces it.
class Timer {
 public:
  explicit Timer(Loop& loop) : loop_(loop) {}
  ~Timer() { Stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void Set(Duration delay, std::function<void()> call) {
    Stop();
    id_ = loop_.After(delay, [this, call = std::move(call)] {
      id_ = 0;
      // A copy: the call may set this timer again.
      const std::function<void()> now = call;
      now();
    });
  }
  void Stop() {
    if (id_ != 0) loop_.CancelTimer(id_);
    id_ = 0;
  }
  bool running() const { return id_ != 0; }

 private:
  Loop& loop_;
  Loop::Id id_ = 0;
};

}  // namespace nuncio::kube
