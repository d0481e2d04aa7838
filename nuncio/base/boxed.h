#pragma once

#include <compare>
#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace nuncio {

// Members that hardly any object sets, of structs of which there are tens of thousands: a pointer until they are set.
// Values all the same: copies are deep and comparisons look at what is inside. Thread rules are those of the T.

// As std::optional<T>, in 8 bytes. For what tells "not there" from "there and empty".
template <typename T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(std::nullopt_t) {}
  template <typename U = T>
  requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, Boxed> &&
           !std::same_as<std::remove_cvref_t<U>, std::optional<T>>) Boxed(U&& value)
      : value_(std::make_unique<T>(std::forward<U>(value))) {}
  Boxed(std::optional<T> value) : value_(value ? std::make_unique<T>(*std::move(value)) : nullptr) {}
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) { return *this = Boxed(other); }
  Boxed& operator=(Boxed&&) noexcept = default;

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  // REQUIRES: has_value().
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }
  T value_or(T otherwise) const { return value_ ? *value_ : std::move(otherwise); }

  template <typename... Args>
  T& emplace(Args&&... args) {
    value_ = std::make_unique<T>(std::forward<Args>(args)...);
    return *value_;
  }
  void reset() { value_.reset(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.has_value() && b.has_value() ? *a == *b : a.has_value() == b.has_value();
  }
  friend auto operator<=>(const Boxed& a, const Boxed& b) requires std::three_way_comparable<T> {
    using Order = std::compare_three_way_result_t<T>;
    return a.has_value() && b.has_value() ? *a <=> *b : Order(a.has_value() <=> b.has_value());
  }

 private:
  std::unique_ptr<T> value_;
};

// A T in 8 bytes for as long as it is T{}. Always there: one that was never set reads as T{}.
template <typename T>
class Rare {
 public:
  Rare() = default;
  template <typename U>
  requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, Rare>) Rare(U&& value) {
    T given(std::forward<U>(value));
    if (!(given == Standard())) value_.emplace(std::move(given));
  }
  // Takes a list in braces too.
  template <typename U = T>
  requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, Rare>) Rare& operator=(U&& value) {
    Rare fresh(std::forward<U>(value));
    value_ = std::move(fresh.value_);
    return *this;
  }

  const T& operator*() const { return value_ ? *value_ : Standard(); }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }
  // To change it in place.
  T& Edit() { return value_ ? *value_ : value_.emplace(); }
  void reset() { value_.reset(); }

  friend bool operator==(const Rare& a, const Rare& b) { return *a == *b; }
  friend auto operator<=>(const Rare& a, const Rare& b) requires std::three_way_comparable<T> { return *a <=> *b; }

 private:
  static const T& Standard() {
    static const T kStandard{};
    return kStandard;
  }

  Boxed<T> value_;
};

}  // namespace nuncio
