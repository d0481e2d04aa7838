#pragma once

#include <set>
#include <string>
#include <string_view>

namespace nuncio::xds {

// What one client asks for of one type. Not thread-safe.
struct Subscription {
  // Names above this are ignored: a client that asks for more is broken, and must not cost memory without end.
  static constexpr size_t kMaxNames = 200'000;

  bool started = false;   // the first request of the type has come
  bool wildcard = false;  // everything that there is
  std::set<std::string, std::less<>> names;

  bool Has(std::string_view name) const { return wildcard || names.contains(name); }
};

}  // namespace nuncio::xds
