#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nuncio/kube/backoff.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/object_observer.h"
#include "nuncio/status/document.h"
#include "nuncio/status/object_status.h"

namespace nuncio::kube {

// A condition of an object that became false, or true again.
struct Transition {
  status::ObjectStatus status;
  std::string api_version, uid;
  bool good = false;
  status::Type type = status::Type::kProgrammed;
};

// Makes the status of objects what it is to be, by server-side apply, while it leads. Belongs to the thread of its
// loop.
//
// Invariants: only what differs from what the server has is written, so that nothing is when nothing changes. An object
// is written at most once a second, and ever more seldom when somebody undoes it. What the server will not take is told
// once and left. Fields of others are never touched. Of two installations (AMBASSADOR_ID) that take the same object the
// first one to write it keeps it, for as long as it follows the object: one that says nothing of a new generation
// within kAbandoned is gone.
class StatusWriter final : public ObjectObserver {
 public:
  static constexpr size_t kMostInFlight = 8;
  static constexpr double kBurst = 100, kPerSecond = 50;
  static constexpr Duration kBetweenWrites{1'000}, kLongestBetweenWrites{300'000};
  static constexpr Duration kDeniedAtFirst{5'000}, kForbidden{60'000};
  static constexpr Duration kAbandoned{60'000};

  struct Options {
    std::string field_manager;            // "nuncio-<AMBASSADOR_ID>"
    std::function<int64_t()> wall_clock;  // Unix time in s
  };
  struct Counters {
    uint64_t writes = 0;     // that the server took
    uint64_t conflicts = 0;  // with other writers, or another object of the name
    uint64_t failures = 0;   // of any other kind
    uint64_t throttled = 0;
    size_t pending = 0;  // now
  };

  StatusWriter(Loop& loop, Options options, std::function<void(Transition)> on_transition);

  // A writer that does not lead forgets what it was to write, and what is under way is cancelled.
  void SetLeading(bool leading);
  // All that is to be, in place of what was to be before.
  void SetWanted(std::vector<status::ObjectStatus> wanted);
  Counters counters() const;

  void OnKind(const ServedKind& kind) override;
  void OnObject(const std::string& kind, const Item& item) override;
  void OnGone(const std::string& kind, const resource::ObjectKey& key) override;

 private:
  using Name = std::pair<std::string, resource::ObjectKey>;
  struct Entry {
    std::string uid;
    int64_t generation = 0;
    status::Seen seen;
    bool was_bad = false;                          // not programmed, when it was last known whether it is
    const status::ObjectStatus* wanted = nullptr;  // in wanted_
    uint64_t digest = 0;                           // of wanted
    uint64_t order = 0;                            // when that changed last
    uint64_t written = 0;                          // digest of what was written last
    uint64_t given_up = 0;                         // digest of what the server will not take
    bool force = false;
    std::optional<Time> behind_since;  // another installation has it, and speaks of an older generation
    bool in_flight = false;
    Duration pause = kBetweenWrites;
    Time not_before;
  };
  using Entries = std::map<Name, Entry>;
  struct Flight {
    explicit Flight(Loop& loop) : fetch(loop) {}
    Fetch fetch;
    status::ObjectStatus status;
    std::string api_version;
    status::Seen before;
    bool was_bad = false;
  };

  bool Needs(const Entry& entry) const;
  void Consider(Entries::iterator at);
  void Forget(Entries::iterator at);
  void See(Entry& entry, status::Seen seen) const;
  void Pump();
  void Write(Entries::iterator at);
  void OnAnswer(const Name& name, const absl::StatusOr<Fetch::Answer>& answer);
  void OnTaken(Entry& entry, const Flight& flight, const std::string& body);
  void OnDenied(const std::string& message);
  void OnConflict(Entry& entry, const Flight& flight, const std::string& body);
  void GiveUp(Entry& entry, const Flight& flight, const std::string& why);
  void PauseAll(Duration delay);
  void Tell(const Flight& flight, const Entry& entry);

  Loop& loop_;
  const Options options_;
  const std::function<void(Transition)> on_transition_;
  std::map<std::string, ServedKind> kinds_;  // by kind
  Entries entries_;
  std::vector<status::ObjectStatus> wanted_;
  uint64_t order_ = 0;
  // By what comes first, then by name: never by an address.
  struct Before {
    template <typename T>
    bool operator()(const std::pair<T, const Name*>& a, const std::pair<T, const Name*>& b) const {
      return a.first != b.first ? a.first < b.first : *a.second < *b.second;
    }
  };
  std::set<std::pair<uint64_t, const Name*>, Before> due_;  // the newest first: by ~order
  std::set<std::pair<Time, const Name*>, Before> later_;
  std::map<Name, std::unique_ptr<Flight>> flights_;
  bool leading_ = false;
  std::optional<Time> denied_since_;
  bool told_denied_ = false;
  double tokens_ = kBurst;
  Time filled_at_;
  Time paused_until_;
  Backoff backoff_;
  Timer wake_;
  Counters counters_;
};

}  // namespace nuncio::kube
