#include "nuncio/xds/refusals.h"

#include <algorithm>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {
namespace {

bool IsOver(const envoy::ResourcePtr& last_good, const envoy::ResourcePtr& latest) {
  return latest == nullptr || (last_good != nullptr && last_good->version == latest->version);
}

}  // namespace

const Refusals::Record* Refusals::Find(envoy::ResourceType type, std::string_view name) const {
  if (records_.empty()) return nullptr;
  const auto found = records_.find(Key(type, name));
  return found == records_.end() ? nullptr : &found->second;
}

bool Refusals::Refuses(const envoy::Resource& resource, envoy::ResourceType type) const {
  const Record* record = Find(type, resource.name);
  return record != nullptr && record->refusal.version == resource.version && !record->offered();
}

envoy::ResourcePtr Refusals::LastGood(envoy::ResourceType type, std::string_view name) const {
  const Record* record = Find(type, name);
  // Without bytes it is known by its version only: a client of an earlier control plane had it.
  if (record == nullptr || record->last_good == nullptr || record->last_good->bytes.empty()) return nullptr;
  return record->needs.Complete() ? record->last_good : nullptr;
}

void Refusals::Keep() {
  std::map<Key, envoy::ResourcePtr> all;
  for (const auto& [key, record] : records_) {
    for (const auto& [needed, resource] : record.needs.all()) {
      envoy::ResourcePtr& kept = all[needed];
      if (kept == nullptr || kept->bytes.empty()) kept = resource;
    }
  }
  envoy::Config config;
  for (auto& [key, resource] : all) config.resources[static_cast<size_t>(key.first)].push_back(std::move(resource));
  if (config.resources != kept_->resources) kept_ = std::make_shared<const envoy::Config>(std::move(config));
}

void Refusals::OnRefused(envoy::ResourceType type, const envoy::Resource& resource, std::string error,
                         const Ledger& client, const envoy::Config& latest) {
  Record& record = records_.try_emplace(Key(type, resource.name), Record{{}, nullptr, Needs(strings_)}).first->second;
  const auto entry = client.of(type).find(resource.name);
  if (entry != client.of(type).end() && entry->second.has != nullptr) record.last_good = entry->second.has;
  // A new Envoy may refuse what an older one took.
  if (record.last_good != nullptr && record.last_good->version == resource.version) record.last_good = nullptr;
  record.needs.Of(type, record.last_good, client, latest);
  if (record.refusal.version != resource.version || !MayPass(type, error)) record.retry.reset();
  if (MayPass(type, error)) {
    if (!record.retry.has_value()) record.retry.emplace();
    record.retry->OnRefused();
  }
  record.over = IsOver(record.last_good, FindResource(latest, type, resource.name));
  record.refusal = {
      type, resource.name, resource.version, std::move(error), resource.origins.List(), record.last_good != nullptr};
  Keep();
}

void Refusals::OnAccepted(envoy::ResourceType type, const envoy::Resource& resource) {
  const Record* record = Find(type, resource.name);
  if (record == nullptr || (record->refusal.version == resource.version && !record->offered())) return;
  if (record->last_good != nullptr && record->last_good->version == resource.version) return;
  records_.erase(Key(type, resource.name));
  Keep();
}

void Refusals::OnConfig(const envoy::ConfigPtr& config) {
  for (auto& [key, record] : records_) {
    record.needs.OnConfig(*config);
    record.over = IsOver(record.last_good, FindResource(*config, key.first, key.second));
  }
  if (!records_.empty()) Keep();
  Forget();
  configs_.push_back(config);
}

bool Refusals::CanBeOffered(const Refusal& refusal) const {
  return std::any_of(configs_.begin(), configs_.end(), [&](const auto& held) {
    const envoy::ConfigPtr config = held.lock();
    const envoy::ResourcePtr found = config != nullptr ? FindResource(*config, refusal.type, refusal.name) : nullptr;
    return found != nullptr && found->version == refusal.version;
  });
}

void Refusals::Forget() {
  if (std::erase_if(configs_, [](const auto& held) { return held.expired(); }) == 0 || records_.empty()) return;
  const size_t forgotten =
      std::erase_if(records_, [&](const auto& item) { return item.second.over && !CanBeOffered(item.second.refusal); });
  if (forgotten > 0) Keep();
}

std::vector<std::string> Refusals::TakeRetries(Time now) {
  std::vector<std::string> names;
  for (auto& [key, record] : records_) {
    if (!record.over && record.retry.has_value() && record.retry->TakeDue(now)) names.push_back(key.second);
  }
  return names;
}

std::optional<Time> Refusals::NextRetry() const {
  std::optional<Time> next;
  for (const auto& [key, record] : records_) {
    if (record.over || !record.retry.has_value() || !record.retry->at().has_value()) continue;
    next = std::min(next.value_or(*record.retry->at()), *record.retry->at());
  }
  return next;
}

std::vector<Refusal> Refusals::List() const {
  std::vector<Refusal> list;
  for (const auto& [key, record] : records_) {
    if (!record.over) list.push_back(record.refusal);
  }
  return list;
}

}  // namespace nuncio::xds
