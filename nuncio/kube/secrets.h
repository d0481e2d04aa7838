#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "nuncio/kube/feed.h"
#include "nuncio/kube/reads.h"
#include "nuncio/kube/secret_gate.h"

namespace nuncio::kube {

// Keeps the data of just those Secrets that objects name: forgets those that nothing names any more, and reads those
// that are named and were not kept. Belongs to the thread of its loop.
class Secrets {
 public:
  // For so long a snapshot waits for Secrets that were named in this very moment, so that what came together is in one;
  // then the objects that name them wait alone, and it is said why.
  static constexpr Duration kHold{1'000};

  Secrets(Loop& loop, Outage& outage, SecretGate& gate, Decoder& decoder)
      : loop_(loop), outage_(outage), gate_(gate), decoder_(decoder), hold_(loop) {}

  // What the kind Secret is, and where its objects go. `feed` outlives this, or Unfollow.
  void Follow(const ServedKind& kind, Feed& feed);
  void Unfollow();

  // Once after every batch of calls of the loop.
  void Settle();
  // Whether a snapshot now would lack what is about to come.
  bool Holds();
  // Secrets that are waited for, in a line for people, and why; empty: none.
  std::pair<std::string, std::string> Waiting() const;
  // When the oldest change came that is in the store now because of Settle or Holds; nullopt: none since the last call.
  std::optional<Time> TakeChanged() { return std::exchange(changed_, std::nullopt); }

 private:
  void Changed(Time time) { changed_ = std::min(changed_.value_or(time), time); }

  Loop& loop_;
  Outage& outage_;
  SecretGate& gate_;
  Decoder& decoder_;
  Feed* feed_ = nullptr;
  std::optional<Reads> reads_;
  std::optional<Time> changed_;
  std::optional<Time> held_since_;
  Timer hold_;
};

}  // namespace nuncio::kube
