#include "nuncio/xds/ledger.h"

#include <utility>

namespace nuncio::xds {

bool Entry::Lacks(const envoy::Resource& wanted) const {
  if (has.get() == &wanted && wanted.bytes.empty()) return false;
  return expected() == nullptr || expected()->version != wanted.version || again || (uncertain && flight == 0);
}

Entry* Ledger::Find(envoy::ResourceType type, std::string_view name) {
  const auto found = of(type).find(name);
  return found == of(type).end() ? nullptr : &found->second;
}

void Ledger::Erase(envoy::ResourceType type, std::string_view name) {
  const auto found = of(type).find(name);
  if (found == of(type).end()) return;
  Land(found->second);
  of(type).erase(found);
}

uint64_t Ledger::Open(envoy::ResourceType type, const std::vector<envoy::ResourcePtr>& resources,
                      const std::vector<std::string>& removed, const std::vector<uint64_t>& since) {
  const uint64_t id = ++last_id_;
  std::vector<std::string>& names = flights_[static_cast<size_t>(type)][id];
  size_t next = 0;
  const auto fly = [&](const std::string& name, envoy::ResourcePtr resource) {
    Entry& entry = At(type, name);
    Land(entry);
    entry.flight = id;
    entry.sent = std::move(resource);
    entry.flight_since = since[next++];
    unanswered_.insert(entry.flight_since);
    entry.again = entry.asked = false;
    names.push_back(name);
  };
  for (const envoy::ResourcePtr& resource : resources) fly(resource->name, resource);
  for (const std::string& name : removed) fly(name, nullptr);
  return id;
}

std::optional<std::vector<std::string>> Ledger::Close(envoy::ResourceType type, uint64_t id) {
  auto node = flights_[static_cast<size_t>(type)].extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

void Ledger::Land(Entry& entry) {
  if (entry.flight == 0) return;
  unanswered_.erase(unanswered_.find(entry.flight_since));
  entry.flight = 0;
  entry.sent = nullptr;
}

std::optional<uint64_t> Ledger::OldestUnanswered() const {
  if (unanswered_.empty()) return std::nullopt;
  return *unanswered_.begin();
}

}  // namespace nuncio::xds
