#include "nuncio/app/served_names.h"

#include <utility>

namespace nuncio::app {

std::set<status::Name>& ServedNames::Own() {
  if (names_.use_count() > 1) names_ = std::make_shared<std::set<status::Name>>(*names_);
  return *names_;
}

void ServedNames::Follow(const envoy::Config& config) {
  std::map<envoy::ResourcePtr, Names> before = std::exchange(resources_, {});
  for (const envoy::ResourceType type : {envoy::ResourceType::kListener, envoy::ResourceType::kRoutes}) {
    for (const envoy::ResourcePtr& resource : config.of(type)) {
      if (auto known = before.extract(resource)) {
        resources_.insert(std::move(known));
        continue;
      }
      Names& names = resources_[resource];
      for (ir::Origin& origin : resource->origins.List()) {
        names.emplace_back(std::move(origin.kind), std::move(origin.ns), std::move(origin.name));
        if (++counts_[names.back()] == 1) Own().insert(names.back());
      }
    }
  }
  for (const auto& [resource, names] : before) {
    for (const status::Name& name : names) {
      const auto count = counts_.find(name);
      if (--count->second != 0) continue;
      counts_.erase(count);
      Own().erase(name);
    }
  }
}

}  // namespace nuncio::app
