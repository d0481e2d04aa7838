#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/envoy/config.h"

namespace nuncio::xds {

// What one client is known to have of one resource, and what is on its way.
struct Entry {
  envoy::ResourcePtr has;     // accepted; null: the client has none. Without bytes when only the client knows them
  envoy::ResourcePtr sent;    // with `flight`: on its way; null: its removal
  uint64_t flight = 0;        // the update that carries it; 0: none
  uint64_t flight_since = 0;  // the generation that first needed what is on its way
  size_t batch = std::numeric_limits<size_t>::max();  // how many resources may share an update with it
  bool again = false;                                 // the client must get it although it has this version
  // It was in an update that was refused as a whole. Envoy keeps what is good in one, so that the client may have that
  // version instead of `has`, until it accepts another.
  bool uncertain = false;
  bool asked = false;    // asked for by name and not answered yet
  bool claimed = false;  // known from the client's own word, and not looked at yet

  // What the client has once it has accepted what is on its way.
  const envoy::ResourcePtr& expected() const { return flight != 0 ? sent : has; }
  // `wanted` is to be sent. A version that only an earlier stream told of has no bytes, and stays as it is.
  bool Lacks(const envoy::Resource& wanted) const;
};

// One client's entries, and the updates that it has not answered. Not thread-safe.
class Ledger {
 public:
  using Entries = std::map<std::string, Entry, std::less<>>;

  Entries& of(envoy::ResourceType type) { return entries_[static_cast<size_t>(type)]; }
  const Entries& of(envoy::ResourceType type) const { return entries_[static_cast<size_t>(type)]; }
  Entry* Find(envoy::ResourceType type, std::string_view name);
  Entry& At(envoy::ResourceType type, const std::string& name) { return of(type)[name]; }
  void Erase(envoy::ResourceType type, std::string_view name);

  // Opens an update that carries `resources` and the removal of `removed`. `since`: the generation that needed each
  // one.
  uint64_t Open(envoy::ResourceType type, const std::vector<envoy::ResourcePtr>& resources,
                const std::vector<std::string>& removed, const std::vector<uint64_t>& since);
  // The names that the update carried. nullopt: no such update, or it is answered already.
  std::optional<std::vector<std::string>> Close(envoy::ResourceType type, uint64_t id);
  // Forgets that the entry is on its way.
  void Land(Entry& entry);

  bool InFlight(envoy::ResourceType type) const { return !flights_[static_cast<size_t>(type)].empty(); }
  // The oldest generation that needed something that is not answered yet.
  std::optional<uint64_t> OldestUnanswered() const;

 private:
  std::array<Entries, envoy::kResourceTypes> entries_;
  std::array<std::map<uint64_t, std::vector<std::string>>, envoy::kResourceTypes> flights_;
  std::multiset<uint64_t> unanswered_;  // Entry::flight_since of all entries that are on their way
  uint64_t last_id_ = 0;
};

}  // namespace nuncio::xds
