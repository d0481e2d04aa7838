#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/status/statuses.h"
#include "nuncio/store/snapshot.h"
#include "nuncio/xds/cache.h"

namespace nuncio::app {

// Remembers what Envoy had of each resource before it refused a newer version, which it goes on serving. So an object
// that has not changed since is live, and those that have are the suspects. Not thread-safe.
class LastGood {
 public:
  // `refusals` hold now; `before`: what was acknowledged last, as of the call before this one.
  void Follow(const std::vector<xds::Refusal>& refusals, const std::shared_ptr<const status::Acknowledged>& before);

  // What to say of the refusals: on the suspects; on all that went into a resource where there is none among them, as
  // when it was a Secret that changed.
  ir::Findings FindingsOf(const std::vector<xds::Refusal>& refusals, const store::Snapshot& now) const;

 private:
  using Resource = std::pair<envoy::ResourceType, std::string>;

  std::map<Resource, std::shared_ptr<const status::Acknowledged>> before_;  // of what is refused
};

}  // namespace nuncio::app
