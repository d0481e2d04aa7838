#pragma once

#include <algorithm>
#include <memory>
#include <tuple>
#include <vector>

#include "nuncio/resource/meta.h"

namespace nuncio::store {

// Objects of one kind, sorted by (namespace, name) and unique. A value: copying it shares the objects, so a snapshot of
// 10,000 objects costs 10,000 pointers. Immutable tables may be read by any thread.
template <typename T>
class Table {
 public:
  using Pointer = std::shared_ptr<const T>;

  // Null when there is none.
  const T* Find(const resource::ObjectKey& key) const {
    const auto at = LowerBound(rows_, key);
    return at != rows_.end() && (*at)->meta.key() == key ? at->get() : nullptr;
  }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  // The same objects, not merely equal ones.
  bool operator==(const Table&) const = default;
  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }

  // Adds the object or replaces the one of the same key.
  void Put(Pointer object) {
    const auto at = LowerBound(rows_, object->meta.key());
    if (at != rows_.end() && (*at)->meta.key() == object->meta.key()) {
      *at = std::move(object);
    } else {
      rows_.insert(at, std::move(object));
    }
  }
  void Erase(const resource::ObjectKey& key) {
    const auto at = LowerBound(rows_, key);
    if (at != rows_.end() && (*at)->meta.key() == key) rows_.erase(at);
  }

 private:
  template <typename Rows>
  static auto LowerBound(Rows& rows, const resource::ObjectKey& key) {
    return std::lower_bound(rows.begin(), rows.end(), key, [](const Pointer& row, const resource::ObjectKey& k) {
      return std::tie(row->meta.ns, row->meta.name) < std::tie(k.ns, k.name);
    });
  }

  std::vector<Pointer> rows_;
};

// What one table has that the other has not. An object that took the place of another is in both.
template <typename T>
struct Difference {
  std::vector<std::shared_ptr<const T>> gone;
  std::vector<std::shared_ptr<const T>> come;
};

// Compares pointers, not what the objects say. Costs one step for each object.
template <typename T>
Difference<T> Compare(const Table<T>& before, const Table<T>& after) {
  Difference<T> difference;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (old != before.end() && now != after.end() && *old == *now) {
      ++old, ++now;
      continue;
    }
    const auto place = [](const auto& at) { return std::tie((*at)->meta.ns, (*at)->meta.name); };
    const bool is_gone = now == after.end() || (old != before.end() && place(old) <= place(now));
    const bool is_come = old == before.end() || (now != after.end() && place(now) <= place(old));
    if (is_gone) difference.gone.push_back(*old++);
    if (is_come) difference.come.push_back(*now++);
  }
  return difference;
}

}  // namespace nuncio::store
