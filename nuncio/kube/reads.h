#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "nuncio/kube/backoff.h"
#include "nuncio/kube/decode.h"
#include "nuncio/kube/failure.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/outage.h"
#include "nuncio/kube/target.h"

namespace nuncio::kube {

// Reads single objects of a kind by their names, until each is read or not wanted any more. A few at a time. Asks for a
// list with one name, which needs no right that a watch of the kind does not need. Belongs to the thread of its loop.
class Reads {
 public:
  static constexpr int kAtOnce = 8;

  struct Calls {
    // Something was read. False: it is not what it is to be, and has to be read again after a pause.
    std::function<bool(Item)> take;
    std::function<void()> on_failure = nullptr;  // TroubleOf changed; may be null
  };
  Reads(Loop& loop, Outage& outage, Decoder& decoder, ServedKind kind, Calls calls)
      : loop_(loop), outage_(outage), decoder_(decoder), kind_(std::move(kind)), calls_(std::move(calls)) {}

  // Not from within the calls, nor the next two. These, and no others; what was read already is not read again.
  void Want(const std::set<resource::ObjectKey>& keys);
  // This one too, from the beginning if it was wanted or read already.
  void WantAnew(const resource::ObjectKey& key);
  // This one no more.
  void Drop(const resource::ObjectKey& key);
  // Why the last attempt failed; empty: it did not, or there was none.
  std::string TroubleOf(const resource::ObjectKey& key) const;

 private:
  struct Read {
    Read(Loop& loop, Outage& outage) : fetch(loop), pause(loop, outage) {}
    Fetch fetch;
    Outage::Wait pause;
    Backoff backoff;
    std::string trouble;
    bool done = false;
  };

  void StartSome();
  void Start(const resource::ObjectKey& key, Read& read);
  void Answered(const resource::ObjectKey& key, Read& read, const absl::StatusOr<Fetch::Answer>& answer);
  void Again(Read& read, const Failure& failure);

  Loop& loop_;
  Outage& outage_;
  Decoder& decoder_;
  const ServedKind kind_;
  const Calls calls_;
  std::map<resource::ObjectKey, std::unique_ptr<Read>> reads_;
};

}  // namespace nuncio::kube
