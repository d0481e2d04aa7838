#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/xds/ledger.h"

namespace nuncio::xds {

// What a resource refers to, directly or not: a listener's routes and secrets, their clusters, and so on, each as the
// latest configuration that had it. Not thread-safe.
class Needs {
 public:
  using Key = std::pair<envoy::ResourceType, std::string>;
  // Reads a resource's bytes: see StringsIn.
  using Strings = std::set<std::string> (*)(const std::string& bytes);

  explicit Needs(Strings strings) : strings_(strings) {}

  // Of `root`, null for nothing. What no configuration has any more the client still has. A resource without bytes may
  // refer to anything that the client has.
  void Of(envoy::ResourceType type, const envoy::ResourcePtr& root, const Ledger& client, const envoy::Config& latest);
  void OnConfig(const envoy::Config& latest);

  const std::map<Key, envoy::ResourcePtr>& all() const { return resources_; }
  bool Complete() const;  // the bytes of all are known

 private:
  void Follow(const Ledger* client, const envoy::Config& latest);
  std::vector<Key> Refers(envoy::ResourceType type, const envoy::Resource& resource, const Ledger* client,
                          const envoy::Config& latest) const;
  envoy::ResourcePtr Lookup(const Key& key, const Ledger* client, const envoy::Config& latest) const;

  Strings strings_;
  std::vector<Key> roots_;
  std::map<Key, envoy::ResourcePtr> resources_;
  std::map<Key, std::vector<Key>> refers_;  // of each resource
};

}  // namespace nuncio::xds
