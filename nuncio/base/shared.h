#pragma once

#include <compare>
#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace nuncio {

// An immutable value that its copies share: for what is large, or stands in many objects at once, as the name of the
// file that they come from. Always there: one that was never set reads as T{}. Compares by value, at no cost with a
// copy of its own. Free to share between threads.
template <typename T>
class Shared {
 public:
  Shared() = default;
  template <typename U>
  requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, Shared>) Shared(U&& value) {
    T given(std::forward<U>(value));
    if (!(given == Standard())) value_ = std::make_shared<const T>(std::move(given));
  }
  Shared(std::shared_ptr<const T> value) : value_(std::move(value)) {}
  // Takes a list in braces too.
  template <typename U = T>
  requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, Shared>) Shared& operator=(
      U&& value) {
    Shared fresh(std::forward<U>(value));
    value_ = std::move(fresh.value_);
    return *this;
  }

  const T& operator*() const { return value_ ? *value_ : Standard(); }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }

  friend bool operator==(const Shared& a, const Shared& b) { return a.value_ == b.value_ || *a == *b; }
  friend auto operator<=>(const Shared& a, const Shared& b) requires std::three_way_comparable<T> {
    using Order = std::compare_three_way_result_t<T>;
    return a.value_ == b.value_ ? Order(std::strong_ordering::equal) : *a <=> *b;
  }

 private:
  static const T& Standard() {
    static const T kStandard{};
    return kStandard;
  }

  std::shared_ptr<const T> value_;
};

}  // namespace nuncio
