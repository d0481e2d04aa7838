#pragma once

#include <functional>
#include <optional>
#include <string>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/failure.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/target.h"

namespace nuncio::kube {

// A list in pages, all of one moment. Belongs to the thread of its loop.
//
// Pages that turn too large are asked for again smaller. When the moment expires on the way (410), the list begins from
// scratch; when it expires again, it is asked for in one piece, as client-go does. The token that the server offers for
// going on at a later moment is not used: what was deleted in between would stay for ever.
class PagedList {
 public:
  static constexpr size_t kPageObjects = 500;
  static constexpr size_t kPageBytes = 64 << 20;
  static constexpr size_t kWholeBytes = 256 << 20;

  class Listener {
   public:
    virtual ~Listener() = default;
    // What was listed so far is void, it begins from scratch.
    virtual void OnRestart() = 0;
    virtual void OnItem(Item item) = 0;
    // The last call. A failure, or the version to watch from.
    virtual void OnListEnd(const std::optional<Failure>& failure, const std::string& resource_version) = 0;
  };

  PagedList(Loop& loop, Decoder& decoder, const ServedKind& kind, const Scope& scope, Listener& listener)
      : decoder_(decoder), kind_(kind), scope_(scope), listener_(listener), fetch_(loop) {}

  void Start();
  void Stop() { fetch_.Cancel(); }
  uint64_t bytes() const { return bytes_; }

 private:
  void AskFor(const std::string& continue_token);
  void Answered(const std::string& asked, const absl::StatusOr<Fetch::Answer>& answer);
  void Restart();
  void Fail(const Failure& failure) { listener_.OnListEnd(failure, ""); }

  Decoder& decoder_;
  const ServedKind kind_;
  const Scope scope_;
  Listener& listener_;
  Fetch fetch_;
  size_t page_objects_ = kPageObjects;  // 0: all in one
  int restarts_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace nuncio::kube
