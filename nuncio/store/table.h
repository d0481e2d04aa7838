#pragma once

#include <algorithm>
#include <memory>
#include <tuple>
#include <vector>

#include "nuncio/resource/meta.h"

namespace nuncio::store {

// Objects of one kind, sorted by (namespace, name) and unique. A value whose copies share everything until one of them
// is changed: a copy costs one pointer, the first change after it one for each object. Tables that nobody changes may
// be read, and copied if they are copies themselves, by any thread.
template <typename T>
class Table {
 public:
  using Pointer = std::shared_ptr<const T>;

  Table() = default;
  Table(const Table& other) : rows_(other.Share()), shared_(true) {}
  Table(Table&& other) noexcept = default;
  Table& operator=(const Table& other) {
    rows_ = other.Share();
    shared_ = true;
    return *this;
  }
  Table& operator=(Table&& other) noexcept = default;
  ~Table() = default;

  // Null when there is none.
  const T* Find(const resource::ObjectKey& key) const {
    const auto at = LowerBound(rows(), key);
    return at != rows().end() && (*at)->meta.key() == key ? at->get() : nullptr;
  }
  auto begin() const { return rows().begin(); }
  auto end() const { return rows().end(); }
  // The same objects, not merely equal ones. Costs nothing when both are copies of one.
  bool operator==(const Table& other) const { return SharesRows(other) || rows() == other.rows(); }
  bool SharesRows(const Table& other) const { return rows_ == other.rows_; }
  size_t size() const { return rows().size(); }
  bool empty() const { return rows().empty(); }

  // Adds the object or replaces the one of the same key.
  void Put(Pointer object) {
    Rows& rows = OwnRows();
    const auto at = LowerBound(rows, object->meta.key());
    if (at != rows.end() && (*at)->meta.key() == object->meta.key()) {
      *at = std::move(object);
    } else {
      rows.insert(at, std::move(object));
    }
  }
  void Erase(const resource::ObjectKey& key) {
    if (Find(key) == nullptr) return;
    Rows& rows = OwnRows();
    rows.erase(LowerBound(rows, key));
  }

 private:
  using Rows = std::vector<Pointer>;

  const Rows& rows() const {
    static const Rows kNone;
    return rows_ == nullptr ? kNone : *rows_;
  }
  // Written once: a table that was made by copying is shared already.
  std::shared_ptr<Rows> Share() const {
    if (!shared_) shared_ = true;
    return rows_;
  }
  Rows& OwnRows() {
    if (rows_ == nullptr || shared_) rows_ = std::make_shared<Rows>(rows());
    shared_ = false;
    return *rows_;
  }

  template <typename List>
  static auto LowerBound(List& rows, const resource::ObjectKey& key) {
    return std::lower_bound(rows.begin(), rows.end(), key, [](const Pointer& row, const resource::ObjectKey& k) {
      return std::tie(row->meta.ns, row->meta.name) < std::tie(k.ns, k.name);
    });
  }

  std::shared_ptr<Rows> rows_;  // null when there are none
  mutable bool shared_ = false;
};

// What one table has that the other has not. An object that took the place of another is in both.
template <typename T>
struct Difference {
  std::vector<std::shared_ptr<const T>> gone;
  std::vector<std::shared_ptr<const T>> come;
};

// Compares pointers, not what the objects say. Costs one step for each object, and nothing for copies of one table.
template <typename T>
Difference<T> Compare(const Table<T>& before, const Table<T>& after) {
  Difference<T> difference;
  if (before.SharesRows(after)) return difference;
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
