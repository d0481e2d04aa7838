#include "nuncio/xds/transition.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace nuncio::xds {

envoy::ResourcePtr FindResource(const envoy::Config& config, envoy::ResourceType type, std::string_view name) {
  const std::vector<envoy::ResourcePtr>& list = config.of(type);
  const auto found = std::lower_bound(list.begin(), list.end(), name,
                                      [](const envoy::ResourcePtr& r, std::string_view n) { return r->name < n; });
  return found != list.end() && (*found)->name == name ? *found : nullptr;
}

void ForEachDifference(const envoy::Config* before, const envoy::Config* after, envoy::ResourceType type,
                       const std::function<void(const std::string&)>& visit) {
  static const std::vector<envoy::ResourcePtr> kNone;
  if (before == after) return;
  const std::vector<envoy::ResourcePtr>& old_list = before != nullptr ? before->of(type) : kNone;
  const std::vector<envoy::ResourcePtr>& new_list = after != nullptr ? after->of(type) : kNone;
  size_t i = 0, k = 0;
  while (i < old_list.size() || k < new_list.size()) {
    if (i < old_list.size() && k < new_list.size() && old_list[i] == new_list[k]) {
      ++i, ++k;  // the same value, not only an equal one: what most of them are
      continue;
    }
    const int order = i == old_list.size()   ? 1
                      : k == new_list.size() ? -1
                                             : old_list[i]->name.compare(new_list[k]->name);
    if (order < 0) {
      visit(old_list[i++]->name);
    } else if (order > 0) {
      visit(new_list[k++]->name);
    } else {
      if (old_list[i]->version != new_list[k]->version) visit(new_list[k]->name);
      ++i, ++k;
    }
  }
}

void Transition::Set(Target target, Time now) {
  latest_ = std::move(target);
  if (pending_.config != nullptr) return;
  pending_ = latest_;
  pending_deadline_ = now + limits_.step;
}

bool Transition::Advance(const std::function<bool(const envoy::Config&)>& warm, bool answered, Time now) {
  if (pending_.config == nullptr) return false;
  if (front_.config != nullptr && !answered && now < front_deadline_) return false;
  if (warm(*latest_.config)) {
    front_ = latest_;
  } else if (now >= pending_deadline_ || warm(*pending_.config)) {
    front_ = pending_;
  } else {
    return false;
  }
  front_deadline_ = pending_deadline_ = now + limits_.step;
  pending_ = front_.config == latest_.config && front_.generation == latest_.generation ? Target{} : latest_;
  return true;
}

std::optional<Time> Transition::NextDeadline(bool answered, Time now) const {
  if (pending_.config == nullptr) return std::nullopt;
  return front_.config == nullptr || answered || now >= front_deadline_ ? pending_deadline_ : front_deadline_;
}

envoy::ResourcePtr Transition::Find(envoy::ResourceType type, std::string_view name) const {
  if (!IsEarly(type)) return front_.config != nullptr ? FindResource(*front_.config, type, name) : nullptr;
  for (const Target* target : {&latest_, &pending_, &front_}) {
    if (target->config == nullptr) continue;
    if (envoy::ResourcePtr found = FindResource(*target->config, type, name)) return found;
  }
  return nullptr;
}

bool Transition::Coming(envoy::ResourceType type, std::string_view name) const {
  if (IsEarly(type)) return false;
  for (const Target* target : {&latest_, &pending_}) {
    if (target->config != nullptr && FindResource(*target->config, type, name) != nullptr) return true;
  }
  return false;
}

}  // namespace nuncio::xds
