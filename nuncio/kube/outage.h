#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// What cannot be asked because the API server cannot be reached waits here, together: one cheap question every one to
// two seconds, for all of them, tells when it is back. Belongs to the thread of its loop.
//
// Invariants: without anything that waits nothing is asked. There is never more than one question at a time, and always
// a pause before it, of a length that differs from replica to replica.
class Outage {
 public:
  // From the end of one question to the next; stretched by up to as much again by chance.
  static constexpr Duration kPause{1'000};
  // The same while there are no credentials: getting them may cost a process (an exec plugin).
  static constexpr Duration kCredentialsPause{5'000};
  // A server that answers, and says for so long that it is not ready, is asked for what it has all the same.
  static constexpr Duration kPatience{10'000};

  explicit Outage(Loop& loop) : loop_(loop), probe_(loop), next_(loop) {}
  Outage(const Outage&) = delete;
  Outage& operator=(const Outage&) = delete;

  // One that waits; ends with its owner, before the Outage.
  class Wait {
   public:
    Wait(Loop& loop, Outage& outage) : outage_(outage), pause_(loop) {}
    ~Wait() { Stop(); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    // `call` is made once, when the server answers; not before `pause` is over, and never from within Set. Replaces
    // what was set before.
    void Set(Duration pause, std::function<void()> call);
    void Stop();
    bool running() const { return call_ != nullptr; }

   private:
    friend class Outage;
    Outage& outage_;
    Timer pause_;
    std::function<void()> call_;
  };

 private:
  void Add(Wait& wait);
  void Remove(Wait& wait);
  void ProbeAfter(Duration pause);
  void Answered(const absl::StatusOr<Fetch::Answer>& answer);
  bool IsReady(int status);

  Loop& loop_;
  Fetch probe_;
  Timer next_;
  std::deque<Wait*> waiting_, waking_;
  std::optional<Time> unready_since_;
};

}  // namespace nuncio::kube
