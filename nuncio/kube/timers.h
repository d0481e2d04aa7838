#pragma once

#include <functional>
#include <map>
#include <optional>

#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// Calls to be made at a time. Not thread-safe.
class Timers {
 public:
  void Add(Loop::Id id, Time at, std::function<void()> call) {
    calls_.emplace(id, Call{at, std::move(call)});
    order_.emplace(at, id);
  }
  void Remove(Loop::Id id) {
    const auto at = calls_.find(id);
    if (at == calls_.end()) return;
    for (auto [each, end] = order_.equal_range(at->second.at); each != end; ++each) {
      if (each->second != id) continue;
      order_.erase(each);
      break;
    }
    calls_.erase(at);
  }
  std::optional<Time> Next() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
  }
  // Makes the calls that are due; those that they add wait for the next time.
  void Fire(Time now) {
    for (size_t due = static_cast<size_t>(std::distance(order_.begin(), order_.upper_bound(now))); due > 0; --due) {
      if (order_.empty() || order_.begin()->first > now) return;
      const Loop::Id id = order_.begin()->second;
      const std::function<void()> call = std::move(calls_.at(id).call);
      Remove(id);
      call();
    }
  }

 private:
  struct Call {
    Time at;
    std::function<void()> call;
  };
  std::map<Loop::Id, Call> calls_;
  std::multimap<Time, Loop::Id> order_;
};

}  // namespace nuncio::kube
