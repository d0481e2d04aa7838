#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "nuncio/base/shared.h"
#include "nuncio/envoy/config.h"
#include "nuncio/status/statuses.h"

namespace nuncio::app {

// The objects by which requests and connections get to something, as a configuration follows another. A cluster alone,
// which others share, serves nobody. Belongs to one thread.
//
// Invariant: the origins of a resource are asked for once, however many configurations have it, since a table of routes
// may have ten thousand; a new configuration costs what it does not share with the one before.
class ServedNames {
 public:
  void Follow(const envoy::Config& config);
  // As of the last configuration. Shared until they change.
  Shared<std::set<status::Name>> names() const { return std::shared_ptr<const std::set<status::Name>>(names_); }

 private:
  using Names = std::vector<status::Name>;

  std::set<status::Name>& Own();

  std::shared_ptr<std::set<status::Name>> names_ = std::make_shared<std::set<status::Name>>();
  std::map<envoy::ResourcePtr, Names> resources_;
  std::map<status::Name, size_t> counts_;  // by how many resources
};

}  // namespace nuncio::app
