#pragma once

#include <optional>
#include <string>

#include "nuncio/kube/backoff.h"
#include "nuncio/kube/decode.h"
#include "nuncio/kube/failure.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/outage.h"
#include "nuncio/kube/paged_list.h"
#include "nuncio/kube/target.h"
#include "nuncio/kube/watch.h"

namespace nuncio::kube {

// Where a reflector's objects go.
class Sink {
 public:
  virtual ~Sink() = default;
  // A list begins: what is neither put nor kept until its end is gone by then. May come again before the end: what was
  // put since then stays for now, and counts no more.
  virtual void OnListBegin() = 0;
  virtual void OnListEnd() = 0;
  // Added, changed, sent once more, or refused (Item::refusal).
  virtual void OnPut(Item item) = 0;
  virtual void OnDelete(const Item& item) = 0;
  // synced(), phase() or trouble() of the reflector are others now.
  virtual void OnState() = 0;
};

// Keeps a sink equal to what the API server has of one kind: list, watch, and again, for ever. Belongs to the thread of
// its loop.
//
// Invariants: a version is taken from the server and given back, never compared. Nothing is deleted because of what
// went wrong: only an event or the end of a whole list takes an object away. Between two requests that failed in a row
// there is always a pause. While the server cannot be reached it asks nothing itself: the outage says when to go on.
class Reflector final : private Watch::Listener, private PagedList::Listener {
 public:
  enum class Phase { kListing, kWatching, kWaiting, kForbidden, kAbsent };

  // Only grow.
  struct Counters {
    uint64_t lists = 0;     // that reached their end, the first one included
    uint64_t watches = 0;   // requests
    uint64_t failures = 0;  // of any kind
    uint64_t throttled = 0;
    uint64_t events = 0;
    uint64_t timed_events = 0;  // of a watch, that say when their object was written
    uint64_t lag_ms = 0;        // of those, from the second in which it was to their arrival
    uint64_t bytes = 0;
  };

  Reflector(Loop& loop, Outage& outage, Decoder& decoder, const ServedKind& kind, const Scope& scope, Sink& sink);

  // Before it, and after the destructor began, nothing happens.
  void Start() { List(); }
  // Ends a pause.
  void RetryNow();

  const ServedKind& kind() const { return kind_; }
  const Scope& scope() const { return scope_; }
  Phase phase() const { return phase_; }
  // A whole list has been read once.
  bool synced() const { return synced_; }
  // Why it makes no progress, for people; empty while it does.
  const std::string& trouble() const { return trouble_; }
  Counters counters() const;

 private:
  void List();
  void ListInPages();
  void ExpectProgress(Duration within);
  void ListAgain();
  void Listed(const std::string& resource_version);
  void WatchOn();
  void Retry() { resource_version_.empty() ? List() : WatchOn(); }
  void Pause(Duration delay);
  void PauseAfter(const Failure& failure);
  Duration DelayAfter(const Failure& failure);
  Phase PhaseAfter(const Failure& failure) const;
  void NoteLag(const Event& event);
  void SetState(Phase phase, std::string trouble);

  void OnListFailure(const Failure& failure);
  void OnWatchFailure(const Failure& failure);

  void OnWatchOpen() override;
  void OnEvent(Event event) override;
  void OnHugeEvent() override;
  void OnWatchEnd(const std::optional<Failure>& failure) override;
  void OnRestart() override;
  void OnItem(Item item) override;
  void OnListEnd(const std::optional<Failure>& failure, const std::string& resource_version) override;

  Loop& loop_;
  const ServedKind kind_;
  const Scope scope_;
  Sink& sink_;
  Watch watch_;
  PagedList pages_;
  Backoff backoff_;
  Timer pause_;
  Outage::Wait unreached_;
  Timer stalled_;  // a streaming list that brings nothing for too long

  Phase phase_ = Phase::kListing;
  std::string trouble_;
  bool synced_ = false;
  bool listing_ = false;
  int stream_failures_ = 0;       // in a row, of lists as streams
  int denials_ = 0;               // in a row
  std::string resource_version_;  // to watch from; empty: list
  Time progress_at_;              // of a list as a stream
  Time listed_at_;
  Time watch_began_;
  std::optional<Time> well_since_;  // it watches, and nothing failed since
  uint64_t watch_events_ = 0;
  Counters counters_;
};

}  // namespace nuncio::kube
