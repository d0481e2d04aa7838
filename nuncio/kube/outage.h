#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// What cannot be asked because the API server cannot be reached waits here, together: one cheap question every one to
// two seconds, for all of them, tells when it is back. So does what something in front of it answers in its place (a
// load balancer's 502) or what nobody is let in for (401): such a request has a pause of its own, which ends early when
// the server turns out to have been away and to be back. Belongs to the thread of its loop.
//
// Invariants: without anything that waits nothing is asked, nor while all that waits has a pause of its own and the
// server is ready. There is never more than one question at a time, and always
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

    // Whether the server was found away in between, and is back.
    using Call = std::function<void(bool came_back)>;

    // `call` is made once, when the server answers; not before `pause` is over, and never from within Set. Replaces
    // what was set before.
    void Set(Duration pause, Call call);
    // `call` is made once, when `pause` is over, or when the server comes back, if that is earlier. While it is away
    // the pause is not over. Likewise.
    void Pause(Duration pause, Call call);
    void Stop();
    bool running() const { return call_ != nullptr; }

   private:
    friend class Outage;
    Outage& outage_;
    Timer pause_;
    Call call_;
  };

 private:
  void Add(Wait& wait);
  void Remove(Wait& wait);
  void EndPause(Wait& wait);
  void Wake(std::deque<Wait*> waits, bool came_back);
  void RestIfIdle();
  void ProbeSoon();
  void ProbeAfter(Duration pause);
  void Answered(const absl::StatusOr<Fetch::Answer>& answer);
  bool IsPatient();

  Loop& loop_;
  Fetch probe_;
  Timer next_;
  std::deque<Wait*> waiting_, pausing_, waking_;
  bool away_ = false;  // as far as it was asked
  std::optional<Time> unready_since_;
};

}  // namespace nuncio::kube
