#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "nuncio/kube/config.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// What the transport counts. Only grow, but for `connected`.
struct TransportCounters {
  uint64_t requests = 0;
  uint64_t connections = 0;       // opened
  uint64_t dead_connections = 0;  // given up because they did not answer
  uint64_t unauthorized = 0;      // answers 401
  uint64_t credential_reads = 0;  // files that had something new
};

// The real world: requests over HTTP/2, all on one connection while that lasts, through libcurl. Run() is the thread;
// Post and Stop may come from any thread.
//
// A connection on which nothing came for 30 s although something is awaited is asked for /version; without an answer
// within 15 s it is taken for dead, and everything on it ends at once. (libcurl 7.88 has HTTP/2's own ping for single
// transfers only.)
class CurlLoop final : public Loop {
 public:
  struct Patience {
    Duration silence{30'000};  // until the connection is asked
    Duration answer{15'000};   // until it is taken for dead
  };

  CurlLoop(ClientConfig config, std::string user_agent);
  CurlLoop(ClientConfig config, std::string user_agent, Patience patience);
  ~CurlLoop() override;

  // Serves until Stop(), which ends one call of Run, be it the next. `begin` is called when there is something to do,
  // `end` when it is done.
  void Run(const std::function<void()>& begin, const std::function<void()>& end);
  void Stop();
  // `call` is made on the thread of Run, soon.
  void Post(std::function<void()> call);

  Time Now() const override { return std::chrono::steady_clock::now(); }
  int64_t UnixMs() const override;
  Id Send(Request request, Receiver& receiver) override;
  void Cancel(Id request) override;
  Id After(Duration delay, std::function<void()> call) override;
  void CancelTimer(Id timer) override;
  double Random() override;

  TransportCounters counters() const;  // on the thread of Run

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace nuncio::kube
