#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/definitions.h"
#include "nuncio/kube/discovery.h"
#include "nuncio/kube/feed.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/outage.h"
#include "nuncio/kube/reflector.h"
#include "nuncio/kube/secret_gate.h"
#include "nuncio/kube/secrets.h"
#include "nuncio/store/snapshot.h"
#include "nuncio/store/store.h"

namespace nuncio::kube {

// Which part of a cluster to follow.
struct Selection {
  std::string single_namespace;              // AMBASSADOR_SINGLE_NAMESPACE with AMBASSADOR_NAMESPACE; empty: all
  std::string label_selector;                // AMBASSADOR_LABEL_SELECTOR
  std::string field_selector;                // AMBASSADOR_FIELD_SELECTOR
  std::vector<resource::ObjectKey> secrets;  // wanted although no object names them
};

// How one kind stands, for metrics and people.
struct KindReport {
  ServedKind kind;
  Reflector::Phase phase = Reflector::Phase::kListing;
  bool synced = false;
  size_t objects = 0;
  std::string trouble;
  Reflector::Counters counters;
};

// Follows every wanted kind that an API server serves, and makes Snapshots of them. Kinds come and go with their
// CustomResourceDefinitions. Belongs to the thread of its loop.
//
// Invariants: there is no snapshot before every kind is known, listed whole, or refused for a reason that is told in
// the snapshot. Kinds that traffic depends on (Emissary's own, Service, EndpointSlice, Secret) cannot be refused before
// that: a new replica without its rights must not take the place of an old one that has them. What was known of a kind
// stays when the server denies it later on. Of the Secrets that nothing names only the names are held; a snapshot with
// an object that names a Secret has that Secret, if there is one.
class Mirror {
 public:
  // `observer`, if there is one, hears of the objects of getambassador.io.
  Mirror(Loop& loop, Selection selection, ObjectObserver* observer = nullptr);
  ~Mirror();

  void Start() { discovery_.Check(); }

  struct Change {
    store::SnapshotPtr snapshot;
    Time noticed;  // when its oldest change came
  };
  // A snapshot when there is news since the last call. To be called after every batch of calls of the loop.
  std::optional<Change> Turn();
  // What the first snapshot waits for, in one line; empty once there was one.
  std::string Waiting() const;
  std::vector<KindReport> Report() const;
  // Objects that came and are not in a snapshot yet, because they wait for a Secret.
  size_t waiting_objects() const { return gate_.waiting(); }

 private:
  struct Followed {
    std::unique_ptr<Feed> feed;
    std::unique_ptr<Reflector> reflector;  // after the feed, which it writes to
    bool started = false;
    int times_unserved = 0;
  };
  using Name = std::pair<std::string, std::string>;  // group and kind

  Scope ScopeOf(const ServedKind& kind) const;
  void OnDiscoveryFailure(const absl::Status& status);
  void OnDiscovery(const absl::StatusOr<ServedKinds>& served);
  bool MayHaveDefinitions() const;
  void OnDefinitions();
  void FollowServed();
  void Follow(const ServedKind& kind);
  bool HasVanished(Followed& followed, const ServedKinds& served) const;
  void CheckAgain(Duration delay);
  bool Lacks() const;
  void OnState(const Name& name);
  bool Settled(const Reflector& reflector) const;
  void StartSecrets();
  std::optional<Time> TakeChanged();
  void JudgeDefinitions();

  Loop& loop_;
  const Selection selection_;
  ObjectObserver* const observer_;
  Outage outage_;  // before all that waits for its end
  store::Store store_;
  SecretGate gate_;  // of the store
  Decoder decoder_;
  Definitions definitions_;
  Discovery discovery_;
  Timer check_again_;
  Outage::Wait unreached_;
  Backoff backoff_;
  Feed no_definitions_;  // carries the problem that there are none

  std::map<Name, Followed> followed_;
  Secrets secrets_;               // after the feeds
  std::optional<Time> vanished_;  // when a kind went, and its objects with it
  std::vector<Name> refreshed_;   // whose state changed since the last turn
  bool discovered_ = false;
  ServedKinds served_;
  Time discovered_at_;
  std::string trouble_;  // of discovery
  bool published_ = false;
};

}  // namespace nuncio::kube
