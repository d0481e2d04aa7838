#include "nuncio/xds/withdrawals.h"

namespace nuncio::xds {

void Withdrawals::Add(envoy::ResourceType type, const std::string& name) {
  if (names_[static_cast<size_t>(type)].try_emplace(name).second) unstarted_ = true;
}

void Withdrawals::Cancel(envoy::ResourceType type, std::string_view name) {
  auto& names = names_[static_cast<size_t>(type)];
  const auto found = names.find(name);
  if (found != names.end()) names.erase(found);
}

void Withdrawals::Start(Time now) {
  if (!unstarted_) return;
  for (auto& names : names_) {
    for (auto& [name, time] : names) {
      if (!time.has_value()) time = now + grace_;
    }
  }
  unstarted_ = false;
}

std::vector<std::string> Withdrawals::TakeDue(envoy::ResourceType type, Time now) {
  std::vector<std::string> due;
  std::erase_if(names_[static_cast<size_t>(type)], [&](const auto& item) {
    if (!item.second.has_value() || *item.second > now) return false;
    due.push_back(item.first);
    return true;
  });
  return due;
}

std::optional<Time> Withdrawals::NextDeadline() const {
  std::optional<Time> next;
  for (const auto& names : names_) {
    for (const auto& [name, time] : names) {
      if (time.has_value() && (!next.has_value() || *time < *next)) next = time;
    }
  }
  return next;
}

}  // namespace nuncio::xds
