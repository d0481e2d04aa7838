#pragma once

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

namespace nuncio::envoy {

// What was made of objects that others hold by pointers, so that it is made once. Holds its keys: no new object can get
// the address of one that is remembered. Not thread-safe.
template <typename Key, typename Value>
class Memo {
 public:
  // Value-initialised when the key is new. Valid until Sweep().
  Value& operator[](const std::shared_ptr<const Key>& key) {
    auto& [held, value] = made_[key.get()];
    if (held == nullptr) held = key;
    return value;
  }

  // Forgets keys that nobody else holds. Looks through many of them only after a quarter has come since it last did.
  void Sweep() {
    if (made_.size() > kFew && made_.size() <= left_ + left_ / 4) return;
    std::erase_if(made_, [](const auto& each) { return each.second.first.use_count() == 1; });
    left_ = made_.size();
  }

 private:
  static constexpr size_t kFew = 1000;  // are looked through in microseconds
  std::unordered_map<const Key*, std::pair<std::shared_ptr<const Key>, Value>> made_;
  size_t left_ = 0;
};

}  // namespace nuncio::envoy
