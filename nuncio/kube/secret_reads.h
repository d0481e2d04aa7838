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

// Reads single Secrets, whose data were not kept when the watch brought them, until each is read or not wanted any
// more. A few at a time. Asks for a list with one name, which needs no right that the watch does not need. Belongs to
// the thread of its loop.
class SecretReads {
 public:
  static constexpr int kAtOnce = 8;

  // `take` says whether what came is the version that is known. If not, the watch is about to bring a newer one, or the
  // end of the Secret: it is not taken, because the watch may still bring an older one before that. `kind` is Secret.
  using Take = std::function<bool(Item)>;
  SecretReads(Loop& loop, Outage& outage, Decoder& decoder, ServedKind kind, Take take)
      : loop_(loop), outage_(outage), decoder_(decoder), kind_(std::move(kind)), take_(std::move(take)) {}

  // These, and no others.
  void Want(const std::set<resource::ObjectKey>& keys);
  // Why the last attempt failed; empty: it did not, or there was none.
  std::string TroubleOf(const resource::ObjectKey& key) const;
  uint64_t requests() const { return requests_; }

 private:
  struct Read {
    Read(Loop& loop, Outage& outage) : fetch(loop), pause(loop), unreached(loop, outage) {}
    Fetch fetch;
    Timer pause;
    Outage::Wait unreached;
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
  const Take take_;
  std::map<resource::ObjectKey, std::unique_ptr<Read>> reads_;
  uint64_t requests_ = 0;
};

}  // namespace nuncio::kube
