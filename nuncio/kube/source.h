#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/kube/config.h"
#include "nuncio/kube/curl_loop.h"
#include "nuncio/kube/mirror.h"
#include "nuncio/kube/writer.h"

namespace nuncio::kube {

// How the source stands.
struct SourceReport {
  std::string waiting;  // what the first snapshot waits for; empty once there was one
  std::vector<KindReport> kinds;
  size_t waiting_objects = 0;  // as Mirror has it
  TransportCounters transport;
  WriterReport writer;
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

  Source(ClientConfig config, Selection selection, WriterOptions writer, Observer& observer);
  ~Source();

  // Competes from now on for being the replica that writes. From any thread.
  void Compete();
  // What the objects' status is to be, from any thread. Without effect while another replica leads.
  void SetStatuses(std::vector<status::ObjectStatus> wanted);
  // Writes no more, and lets another replica begin at once. Waits until the server knows, but not for long. From any
  // thread.
  void Release();

  // From any thread: as of the last time that it had nothing to do.
  SourceReport Report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nuncio::kube
