#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/xds/cache.h"
#include "nuncio/xds/needs.h"
#include "nuncio/xds/retry.h"
#include "nuncio/xds/strings.h"

namespace nuncio::xds {

// The resources that Envoy refused, with the version that it accepted before, and all that this version refers to: as
// long as the refusal lasts it is kept together with it, whether a configuration still has it or not. Shared by all
// clients: what one Envoy refuses is not offered to the next one, but for what may pass (MayPass): that is offered
// again after a while. Not thread-safe.
class Refusals {
 public:
  explicit Refusals(Needs::Strings strings = StringsIn) : strings_(strings) {}

  bool Refuses(const envoy::Resource& resource, envoy::ResourceType type) const;
  // The version to give to a client that has none. Null: leave the resource out.
  envoy::ResourcePtr LastGood(envoy::ResourceType type, std::string_view name) const;
  // What all last good versions refer to. Of a resource without bytes only the version is known, as a client of an
  // earlier control plane has it. Another pointer after each change; never null.
  const envoy::ConfigPtr& kept() const { return kept_; }

  // `client` has refused it, and what it has instead. `latest`: the latest configuration.
  void OnRefused(envoy::ResourceType type, const envoy::Resource& resource, std::string error, const Ledger& client,
                 const envoy::Config& latest);
  // Ends a refusal unless it is the last good version that was accepted, or the refused one (by another client, that
  // is, unless it was offered again).
  void OnAccepted(envoy::ResourceType type, const envoy::Resource& resource);
  // Ends the refusals of what is gone, or is as it was accepted before: they are not listed any more. They are
  // remembered as long as anybody holds an earlier configuration with what was refused: a client on its way to this one
  // still has the listeners and routes of that. `config` is the clients' own pointer, so that it tells when the last
  // one moved on.
  void OnConfig(const envoy::ConfigPtr& config);
  // A client moved on: forgets what nobody can be offered any more. If it comes back, it is offered anew.
  void Forget();

  // The listeners that are refused no more until they are answered anew, because it is time to offer them again.
  std::vector<std::string> TakeRetries(Time now);
  // When there is something to take. What was refused since the last TakeRetries does not count yet.
  std::optional<Time> NextRetry() const;

  std::vector<Refusal> List() const;  // sorted by type and name

 private:
  struct Record {
    Refusal refusal;
    envoy::ResourcePtr last_good;
    Needs needs;  // of last_good
    bool over = false;
    std::optional<Retry> retry;
    bool offered() const { return retry.has_value() && retry->offered(); }
  };
  using Key = std::pair<envoy::ResourceType, std::string>;
  const Record* Find(envoy::ResourceType type, std::string_view name) const;
  bool CanBeOffered(const Refusal& refusal) const;
  void Keep();  // after each change: makes kept_ anew

  const Needs::Strings strings_;
  std::map<Key, Record> records_;
  std::vector<std::weak_ptr<const envoy::Config>> configs_;  // some may be gone
  envoy::ConfigPtr kept_ = std::make_shared<const envoy::Config>();
};

}  // namespace nuncio::xds
