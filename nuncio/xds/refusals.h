#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/xds/cache.h"

namespace nuncio::xds {

// The resources that Envoy refused, with the version that it accepted before. Shared by all clients: what one Envoy
// refuses is not offered to the next one. Not thread-safe.
class Refusals {
 public:
  bool Refuses(const envoy::Resource& resource, envoy::ResourceType type) const;
  // The version to give to a client that has none. Null: leave the resource out.
  envoy::ResourcePtr LastGood(envoy::ResourceType type, std::string_view name) const;

  // `has`: what the client has instead, null for nothing. `latest`: what the latest configuration has of that name.
  void OnRefused(envoy::ResourceType type, const envoy::Resource& resource, std::string error,
                 const envoy::ResourcePtr& has, const envoy::ResourcePtr& latest);
  // Ends a refusal unless it is the last good version that was accepted, or the refused one (by another client).
  void OnAccepted(envoy::ResourceType type, const envoy::Resource& resource);
  // Ends the refusals of what is gone, or is as it was accepted before: they are not listed any more. For some
  // configurations yet they are remembered, as clients on their way to this one still have the listeners and routes of
  // an earlier one. What comes back is offered anew.
  void OnConfig(const envoy::Config& config);

  // Among all that are remembered, listed or not.
  bool Any(const std::function<bool(const Refusal&)>& matches) const;
  std::vector<Refusal> List() const;  // sorted by type and name

 private:
  struct Record {
    Refusal refusal;
    envoy::ResourcePtr last_good;
    int over = 0;  // for so many configurations
  };
  using Key = std::pair<envoy::ResourceType, std::string>;
  const Record* Find(envoy::ResourceType type, std::string_view name) const;

  std::map<Key, Record> records_;
};

}  // namespace nuncio::xds
