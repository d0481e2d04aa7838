#pragma once

#include <functional>
#include <optional>
#include <string>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/failure.h"
#include "nuncio/kube/line_splitter.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/target.h"

namespace nuncio::kube {

// One watch request: from its start to its end, event by event. Belongs to the thread of its loop.
class Watch final : private Receiver {
 public:
  // The API server stores at most 1.5 MiB an object, unless somebody changed etcd's limit.
  static constexpr size_t kLongestEvent = 8 << 20;

  class Listener {
   public:
    virtual ~Listener() = default;
    // The server accepted the request.
    virtual void OnWatchOpen() = 0;
    // Any event but ERROR. The watch may be started again, or stopped, in here.
    virtual void OnEvent(Event event) = 0;
    // An event longer than kLongestEvent was left out.
    virtual void OnHugeEvent() = 0;
    // The last call. nullopt: the server ended it in order, its time was over.
    virtual void OnWatchEnd(const std::optional<Failure>& failure) = 0;
  };

  Watch(Loop& loop, Decoder& decoder, const ServedKind& kind, const Scope& scope, Listener& listener)
      : loop_(loop), decoder_(decoder), kind_(kind), scope_(scope), listener_(listener), lines_(kLongestEvent) {}
  ~Watch() override { Stop(); }

  // Everything that there is now, a bookmark that says so, then what changes (KEP-3157).
  void StartWithInitialEvents();
  // What changed since then.
  void StartFrom(const std::string& resource_version);
  void Stop();

  uint64_t bytes() const { return bytes_; }  // of all that it has read, decompressed

 private:
  void Start(std::vector<std::pair<std::string, std::string>> query);
  void End(const std::optional<Failure>& failure);
  // False when the watch is over.
  bool Take(std::string_view line);

  void OnHead(const Head& head) override;
  void OnData(std::string_view data) override;
  void OnEnd(const absl::Status& status) override;

  Loop& loop_;
  Decoder& decoder_;
  const ServedKind kind_;
  const Scope scope_;
  Listener& listener_;
  LineSplitter lines_;
  Loop::Id request_ = 0;
  Head head_;
  std::string refusal_;  // the body of an answer that is no 200
  uint64_t bytes_ = 0;
};

}  // namespace nuncio::kube
