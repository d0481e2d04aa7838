#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "nuncio/envoy/config.h"

namespace nuncio::xds {

using Time = std::chrono::steady_clock::time_point;

// The limits of what is waited for.
struct Limits {
  // For one step of a transition: clusters that become warm, a switch that is answered.
  std::chrono::milliseconds step{5000};
  // Between the answer to a switch and the withdrawal of what it left unused: requests in flight may retry.
  std::chrono::milliseconds grace{5000};
};

// The resource of that name, null when there is none.
envoy::ResourcePtr FindResource(const envoy::Config& config, envoy::ResourceType type, std::string_view name);

// Calls `visit` for each name of `type` that is not the same in both. Either may be null.
void ForEachDifference(const envoy::Config* before, const envoy::Config* after, envoy::ResourceType type,
                       const std::function<void(const std::string&)>& visit);

inline bool IsEarly(envoy::ResourceType type) {
  return type != envoy::ResourceType::kListener && type != envoy::ResourceType::kRoutes;
}

// Make before break. Secrets, clusters and endpoints ("early" types) are given to the client as the latest
// configuration has them, and kept as long as any of three configurations has them:
//   latest   what was set last,
//   pending  the one whose clusters are being made; it is not replaced by a newer one, so that changes that never end
//            cannot keep it from being switched to,
//   front    the one whose listeners and routes the client gets.
// The front moves when the clusters of a newer configuration are warm, to the newest such one. Copyable: three pointers
// and two times. Not thread-safe.
class Transition {
 public:
  struct Target {
    envoy::ConfigPtr config;
    uint64_t generation = 0;
  };

  explicit Transition(const Limits& limits) : limits_(limits) {}

  void Set(Target target, Time now);
  // Moves the front if it may move. `warm` tells for a configuration whether all its clusters are; `answered`: the
  // client has answered everything of the front. True: it moved, perhaps because its time was up.
  bool Advance(const std::function<bool(const envoy::Config&)>& warm, bool answered, Time now);
  // When to try again although nothing happens.
  std::optional<Time> NextDeadline(bool answered, Time now) const;

  // What the client is to have. Null: none, or not known yet.
  envoy::ResourcePtr Find(envoy::ResourceType type, std::string_view name) const;
  // False while nothing can be said about resources of `type`.
  bool Known(envoy::ResourceType type) const { return (IsEarly(type) ? latest_ : front_).config != nullptr; }
  // The front has none, but a newer configuration does.
  bool Coming(envoy::ResourceType type, std::string_view name) const;
  uint64_t generation(envoy::ResourceType type) const { return (IsEarly(type) ? latest_ : front_).generation; }

  const Target& latest() const { return latest_; }
  const Target& pending() const { return pending_; }
  const Target& front() const { return front_; }

 private:
  Limits limits_;
  Target latest_, pending_, front_;
  Time pending_deadline_, front_deadline_;
};

}  // namespace nuncio::xds
