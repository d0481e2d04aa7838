#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/kube/config.h"
#include "nuncio/kube/curl_loop.h"
#include "nuncio/kube/mirror.h"

namespace nuncio::kube {

// How the source stands.
struct SourceReport {
  std::string waiting;  // what the first snapshot waits for; empty once there was one
  std::vector<KindReport> kinds;
  TransportCounters transport;
};

// The thread that follows an API server. It never gives up: a server that is away is a state to tell. Start and end
// belong to one thread.
class Source {
 public:
  // Called on the thread of the source.
  class Observer {
   public:
    virtual ~Observer() = default;
    // First with all that there is; then whenever something that the snapshot shows changed.
    virtual void OnSnapshot(Mirror::Change change) = 0;
    // What it waits for before the first snapshot, whenever that changes.
    virtual void OnWaiting(const std::string& what) = 0;
    // It has something to do, until OnIdle.
    virtual void OnBusy() = 0;
    virtual void OnIdle() = 0;
  };

  Source(ClientConfig config, Selection selection, Observer& observer);
  ~Source();

  // From any thread: as of the last time that it had nothing to do.
  SourceReport Report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nuncio::kube
