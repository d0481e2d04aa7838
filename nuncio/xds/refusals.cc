#include "nuncio/xds/refusals.h"

#include <algorithm>
#include <iterator>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {
namespace {

constexpr int kForgetAfter = 16;

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
  return record != nullptr && record->refusal.version == resource.version;
}

envoy::ResourcePtr Refusals::LastGood(envoy::ResourceType type, std::string_view name) const {
  const Record* record = Find(type, name);
  // Without bytes it is known by its version only: a client of an earlier control plane had it.
  if (record == nullptr || record->last_good == nullptr || record->last_good->bytes.empty()) return nullptr;
  return record->last_good;
}

void Refusals::OnRefused(envoy::ResourceType type, const envoy::Resource& resource, std::string error,
                         const envoy::ResourcePtr& has, const envoy::ResourcePtr& latest) {
  Record& record = records_[Key(type, resource.name)];
  if (has != nullptr) record.last_good = has;
  // A new Envoy may refuse what an older one took.
  if (record.last_good != nullptr && record.last_good->version == resource.version) record.last_good = nullptr;
  record.over = IsOver(record.last_good, latest) ? 1 : 0;
  record.refusal = {
      type, resource.name, resource.version, std::move(error), resource.origins, record.last_good != nullptr};
}

void Refusals::OnAccepted(envoy::ResourceType type, const envoy::Resource& resource) {
  const Record* record = Find(type, resource.name);
  if (record == nullptr || record->refusal.version == resource.version) return;
  if (record->last_good != nullptr && record->last_good->version == resource.version) return;
  records_.erase(Key(type, resource.name));
}

void Refusals::OnConfig(const envoy::Config& config) {
  for (auto at = records_.begin(); at != records_.end();) {
    auto& [key, record] = *at;
    const envoy::ResourcePtr latest = FindResource(config, key.first, key.second);
    const bool over = IsOver(record.last_good, latest);
    const bool forget = over ? ++record.over > kForgetAfter : record.over > 0;
    at = forget ? records_.erase(at) : std::next(at);
  }
}

bool Refusals::Any(const std::function<bool(const Refusal&)>& matches) const {
  return std::any_of(records_.begin(), records_.end(), [&](const auto& item) { return matches(item.second.refusal); });
}

std::vector<Refusal> Refusals::List() const {
  std::vector<Refusal> list;
  for (const auto& [key, record] : records_) {
    if (record.over == 0) list.push_back(record.refusal);
  }
  return list;
}

}  // namespace nuncio::xds
