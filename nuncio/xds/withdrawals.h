#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {

// What the client has and no configuration wants any more. It is removed a grace period after the listeners and routes
// that may have used it are known to be replaced. Not thread-safe.
class Withdrawals {
 public:
  explicit Withdrawals(std::chrono::milliseconds grace) : grace_(grace) {}

  void Add(envoy::ResourceType type, const std::string& name);
  void Cancel(envoy::ResourceType type, std::string_view name);
  // The switch is answered: starts the grace period of all that were added before.
  void Start(Time now);
  std::vector<std::string> TakeDue(envoy::ResourceType type, Time now);
  std::optional<Time> NextDeadline() const;

 private:
  std::chrono::milliseconds grace_;
  std::array<std::map<std::string, std::optional<Time>, std::less<>>, envoy::kResourceTypes> names_;
  bool unstarted_ = false;
};

}  // namespace nuncio::xds
