#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace nuncio {

// An immutable list that is shared by whoever copies it: a list of 10,000 costs one pointer to hand on. Free to share
// between threads.
template <typename T>
class SharedList {
 public:
  SharedList() = default;
  SharedList(std::vector<T> items)
      : items_(items.empty() ? nullptr : std::make_shared<const std::vector<T>>(std::move(items))) {}
  SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}

  auto begin() const { return list().begin(); }
  auto end() const { return list().end(); }
  size_t size() const { return list().size(); }
  bool empty() const { return items_ == nullptr; }
  // REQUIRES: there is such an item.
  const T& operator[](size_t at) const { return list()[at]; }

  bool shares(const SharedList& other) const { return items_ == other.items_; }
  // Costs nothing when both share one list.
  bool operator==(const SharedList& other) const {
    return shares(other) || std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  const std::vector<T>& list() const {
    static const std::vector<T> kNone;
    return items_ == nullptr ? kNone : *items_;
  }

  std::shared_ptr<const std::vector<T>> items_;  // null when there are none
};

}  // namespace nuncio
