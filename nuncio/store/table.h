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

}  // namespace nuncio::store
