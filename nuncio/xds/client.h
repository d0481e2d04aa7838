#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/xds/due.h"
#include "nuncio/xds/gate.h"
#include "nuncio/xds/ledger.h"
#include "nuncio/xds/refusals.h"
#include "nuncio/xds/subscription.h"
#include "nuncio/xds/transition.h"
#include "nuncio/xds/withdrawals.h"

namespace nuncio::xds {

// What all clients share.
struct Shared {
  Refusals refusals;
  uint64_t last_warm_token = 0;
  // The clusters that were sent, and their endpoints not acknowledged since: Envoy may be waiting for these on a stream
  // that ended. What an earlier control plane left so is not known; Envoy then serves with the cluster as it was until
  // its own 15 s are over.
  std::set<std::string, std::less<>> warming;
  // State of the world: what the version of a type stands for that was sent last, and that was accepted last. A client
  // that comes back names one of them.
  struct Told {
    std::string version;
    std::vector<envoy::ResourcePtr> resources;
  };
  std::array<Told, envoy::kResourceTypes> sent, accepted;
  uint64_t responses = 0, acks = 0, nacks = 0, bytes_sent = 0;
};

// Something to tell a client: resources, or names that it has no resource for (any more). Both empty: there are none.
struct Update {
  envoy::ResourceType type = envoy::ResourceType::kCluster;
  uint64_t id = 0;  // named in the answer
  std::vector<envoy::ResourcePtr> resources;
  std::vector<std::string> removed;
};

// One Envoy on one stream, whatever the protocol: events in, updates out. Decides what it is to get, in which order and
// when. Every answer and every change of the configuration may make updates due: call Next until it returns nullopt.
// Knows no socket, no message and no clock. Not thread-safe.
class Client {
 public:
  enum class Protocol {
    kDelta,
    kStateOfTheWorld,  // one unanswered update for each type at most; only clusters and listeners can be removed
  };

  Client(Shared& shared, const Limits& limits, Protocol protocol);

  void OnConfig(envoy::ConfigPtr config, uint64_t generation, Time now);
  // The client has these from an earlier stream; without bytes if only their versions are known. Before it subscribes
  // to them.
  void OnClaim(envoy::ResourceType type, const std::vector<envoy::ResourcePtr>& has);
  // Everything of `type`. It is told when there is nothing.
  void OnSubscribeAll(envoy::ResourceType type);
  // A name that the client asks for although it is subscribed to it is sent again.
  void OnSubscribe(envoy::ResourceType type, const std::string& name);
  void OnUnsubscribeAll(envoy::ResourceType type);
  void OnUnsubscribe(envoy::ResourceType type, const std::string& name);
  // `error`: what Envoy says about what it refuses, nullptr for none. Unknown ids are ignored.
  void OnAnswer(envoy::ResourceType type, uint64_t id, const std::string* error);
  void OnWarm(uint64_t token) { gate_.OnWarm(token); }

  std::optional<Update> Next(Time now);
  // When to call Next although nothing happens.
  std::optional<Time> NextDeadline(Time now) const;

  const Subscription& subscription(envoy::ResourceType type) const { return subscriptions_[static_cast<size_t>(type)]; }
  const Transition& transition() const { return transition_; }
  // What the client has of `type` once it has accepted all that was sent, sorted by name.
  std::vector<envoy::ResourcePtr> Expected(envoy::ResourceType type) const;
  uint64_t sent() const { return sent_; }
  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t awaiting_warm() const { return gate_.awaiting_warm(); }

 private:
  Subscription& Of(envoy::ResourceType type) { return subscriptions_[static_cast<size_t>(type)]; }
  Due& DueOf(envoy::ResourceType type) { return due_[static_cast<size_t>(type)]; }

  // What a configuration on the way, or the last good version of something refused, has of that name.
  envoy::ResourcePtr Find(envoy::ResourceType type, std::string_view name) const;
  envoy::ResourcePtr Wanted(envoy::ResourceType type, std::string_view name, const Entry* entry) const;
  // Finds out anew what the client is to be told about that name.
  void Mark(envoy::ResourceType type, const std::string& name);
  void MarkKept();  // after a change of what last good versions refer to
  void MarkMoved(const Transition& before);
  void MarkCluster(const std::string& name, Entry* entry, bool wanted, bool send);

  void SendEndpointsAgain(const std::string& cluster);
  void OnEndpointsAccepted(const std::string& name, const Entry& endpoints);
  void OnAccepted(envoy::ResourceType type, const std::string& name, Entry& entry);
  void OnRefused(envoy::ResourceType type, const std::string& name, Entry& entry, const std::string& error);

  std::optional<Update> Compose(envoy::ResourceType type);
  std::optional<Update> Withdraw(Time now);
  Update Send(Update update, const std::vector<uint64_t>& since);
  bool SwitchComplete() const;
  void NoteProgress();

  Shared& shared_;
  const Protocol protocol_;
  std::array<Subscription, envoy::kResourceTypes> subscriptions_;
  std::array<Due, envoy::kResourceTypes> due_;
  std::array<bool, envoy::kResourceTypes> owes_empty_{};  // a wildcard subscriber waits for a first answer
  Ledger ledger_;
  Gate gate_;
  Transition transition_;
  envoy::ConfigPtr kept_;  // what the last good versions of refused resources refer to
  Withdrawals withdrawals_;
  bool switched_ = false;  // the front is answered
  uint64_t sent_ = 0, acknowledged_ = 0;
};

}  // namespace nuncio::xds
