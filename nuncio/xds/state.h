#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "nuncio/xds/cache.h"
#include "nuncio/xds/client.h"

namespace nuncio::xds {

// A stream, as the cache sees it.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual Client& client() = 0;  // touched under the state's lock only
  // Something may be due. Called on any thread, without the lock; may be called after the stream left, and its server.
  virtual void Wake() = 0;
};

// The inside of the cache, for the server: the shared truth, its lock, and the streams. Thread-safe.
struct Cache::State {
  State(std::function<void(const Progress&)> progress, const Limits& the_limits)
      : limits(the_limits), on_progress(std::move(progress)) {}

  // Adds the stream, and gives its client the configuration that there is.
  void Join(std::shared_ptr<Stream> stream, Time now);
  void Leave(const std::shared_ptr<Stream>& stream);
  // Wakes every stream. Without the lock.
  void WakeAll();
  // Calls on_progress when Progress changed but for counters. Without the lock, nor any lock that on_progress may need.
  // One thread at a time calls it; a change that it sees late is told afterwards, so that the last call tells what is
  // so.
  void Publish();
  // The earliest time at which a stream wants to be woken.
  std::optional<Time> NextDeadline(Time now);
  Progress Read() const;  // under the lock

  mutable std::mutex mutex;
  const Limits limits;
  const std::function<void(const Progress&)> on_progress;
  // Under the lock:
  Shared shared;
  envoy::ConfigPtr config;
  uint64_t generation = 0;
  std::set<std::shared_ptr<Stream>> streams;
  uint64_t sent = 0, acknowledged = 0;
  Progress published;
  bool publishing = false;

  void NoteStreams();  // under the lock: takes what the clients reached
};

}  // namespace nuncio::xds
