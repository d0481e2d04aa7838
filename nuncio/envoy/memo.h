#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace nuncio::envoy {

// What was made of objects that others hold by pointers, so that it is made once. Holds its keys: no new object can get
// the address of one that is remembered. Not thread-safe.
template <typename Key, typename Value>
class Memo {
 public:
  // Value-initialised when the key is new. Valid until the next sweep.
  Value& operator[](const std::shared_ptr<const Key>& key) {
    Entry& entry = made_[key.get()];
    if (entry.key == nullptr) entry.key = key;
    if (std::exchange(entry.round, round_) != round_) ++asked_for_;
    return entry.value;
  }

  // Forgets what was not asked for since the last sweep. For a memory that is asked for everything each time.
  void SweepUnasked() {
    if (asked_for_ != made_.size()) std::erase_if(made_, [&](const auto& each) { return each.second.round != round_; });
    NextRound();
  }

  // Forgets keys that nobody else holds. Looks through many of them only after a quarter has come since it last did.
  // REQUIRES: no value holds its key, or it is never forgotten.
  void SweepUnheld() {
    NextRound();
    if (made_.size() > kFew && made_.size() <= left_ + left_ / 4) return;
    std::erase_if(made_, [](const auto& each) { return each.second.key.use_count() == 1; });
    left_ = made_.size();
  }

  size_t size() const { return made_.size(); }

 private:
  static constexpr size_t kFew = 1000;  // are looked through in microseconds
  struct Entry {
    std::shared_ptr<const Key> key;
    uint64_t round = 0;
    Value value = {};
  };
  void NextRound() {
    ++round_;
    asked_for_ = 0;
  }

  std::unordered_map<const Key*, Entry> made_;
  uint64_t round_ = 1;
  size_t asked_for_ = 0;  // in this round
  size_t left_ = 0;
};

}  // namespace nuncio::envoy
