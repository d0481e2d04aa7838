#include "nuncio/xds/needs.h"

#include <algorithm>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {
namespace {

using envoy::ResourcePtr;
using envoy::ResourceType;

std::vector<ResourceType> TypesReferredToBy(ResourceType type) {
  switch (type) {
    case ResourceType::kListener:
      return {ResourceType::kSecret, ResourceType::kCluster, ResourceType::kRoutes};
    case ResourceType::kRoutes:
      return {ResourceType::kSecret, ResourceType::kCluster};
    case ResourceType::kCluster:
      return {ResourceType::kSecret, ResourceType::kEndpoints};
    case ResourceType::kEndpoints:
    case ResourceType::kSecret:
      return {};
  }
  return {};
}

}  // namespace

ResourcePtr Needs::Lookup(const Key& key, const Ledger* client, const envoy::Config& latest) const {
  if (ResourcePtr found = FindResource(latest, key.first, key.second)) return found;
  if (const auto found = resources_.find(key); found != resources_.end()) return found->second;
  if (client == nullptr) return nullptr;
  const auto found = client->of(key.first).find(key.second);
  if (found == client->of(key.first).end()) return nullptr;
  return found->second.has != nullptr ? found->second.has : found->second.sent;
}

std::vector<Needs::Key> Needs::Refers(ResourceType type, const envoy::Resource& resource, const Ledger* client,
                                      const envoy::Config& latest) const {
  std::vector<Key> refers;
  const std::vector<ResourceType> types = TypesReferredToBy(type);
  if (types.empty()) return refers;
  std::set<std::string> names = strings_(resource.bytes);
  names.insert(resource.name);  // a cluster's endpoints
  for (const ResourceType referred : types) {
    if (resource.bytes.empty() && client != nullptr) {
      for (const auto& [name, entry] : client->of(referred)) refers.emplace_back(referred, name);
    } else {
      for (const std::string& name : names) {
        if (Lookup(Key(referred, name), client, latest) != nullptr) refers.emplace_back(referred, name);
      }
    }
  }
  return refers;
}

void Needs::Follow(const Ledger* client, const envoy::Config& latest) {
  std::map<Key, ResourcePtr> resources;
  std::map<Key, std::vector<Key>> refers;
  std::vector<Key> open = roots_;
  while (!open.empty()) {
    const Key key = std::move(open.back());
    open.pop_back();
    if (resources.contains(key)) continue;
    const ResourcePtr resource = Lookup(key, client, latest);
    if (resource == nullptr) continue;
    resources[key] = resource;
    const auto before = resources_.find(key);
    const bool same = before != resources_.end() && before->second->version == resource->version;
    std::vector<Key>& next = refers[key];
    next = same ? refers_[key] : Refers(key.first, *resource, client, latest);
    open.insert(open.end(), next.begin(), next.end());
  }
  resources_ = std::move(resources);
  refers_ = std::move(refers);
}

void Needs::Of(ResourceType type, const ResourcePtr& root, const Ledger& client, const envoy::Config& latest) {
  roots_.clear();
  if (root != nullptr) roots_ = Refers(type, *root, &client, latest);
  Follow(&client, latest);
}

void Needs::OnConfig(const envoy::Config& latest) { Follow(nullptr, latest); }

bool Needs::Complete() const {
  return std::none_of(resources_.begin(), resources_.end(),
                      [](const auto& item) { return item.second->bytes.empty(); });
}

}  // namespace nuncio::xds
