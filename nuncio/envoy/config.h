#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nuncio/ir/finding.h"

namespace nuncio::envoy {

// The types that are served over ADS, in the order in which they must reach Envoy.
enum class ResourceType { kSecret, kCluster, kEndpoints, kListener, kRoutes };
inline constexpr size_t kResourceTypes = 5;
inline constexpr std::array<ResourceType, kResourceTypes> kAllResourceTypes = {
    ResourceType::kSecret, ResourceType::kCluster, ResourceType::kEndpoints, ResourceType::kListener,
    ResourceType::kRoutes};

// "type.googleapis.com/envoy.config.cluster.v3.Cluster" and so on.
std::string_view TypeUrl(ResourceType type);

// The objects that a refusal concerns. They are put together only when somebody asks: a table of 10,000 routes comes
// from 10,000 objects, and hardly anything is ever refused. Immutable; free to share between threads.
class Origins {
 public:
  Origins() = default;
  Origins(std::initializer_list<ir::Origin> list) : Origins(std::vector<ir::Origin>(list)) {}
  Origins(std::vector<ir::Origin> list) : gather_([list = std::move(list)] { return list; }) {}
  // `gather` may return them in any order, and several times.
  explicit Origins(std::function<std::vector<ir::Origin>()> gather) : gather_(std::move(gather)) {}

  // Sorted, without duplicates.
  std::vector<ir::Origin> List() const;
  bool operator==(const Origins& other) const { return List() == other.List(); }

 private:
  std::function<std::vector<ir::Origin>()> gather_;
};

// One resource as Envoy gets it.
struct Resource {
  std::string name;
  std::string bytes;    // the serialized message (not wrapped in an Any); the same bytes for the same meaning
  std::string version;  // a digest of `bytes`, printable
  Origins origins;

  bool operator==(const Resource&) const = default;
};

using ResourcePtr = std::shared_ptr<const Resource>;

// Everything that Envoy is to have. Immutable once built, free to share between threads.
// Invariant: each list is sorted by name, and names are unique within it.
struct Config {
  std::array<std::vector<ResourcePtr>, kResourceTypes> resources;

  const std::vector<ResourcePtr>& of(ResourceType type) const { return resources[static_cast<size_t>(type)]; }
};

using ConfigPtr = std::shared_ptr<const Config>;

}  // namespace nuncio::envoy
