#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "nuncio/base/boxed.h"
#include "nuncio/base/shared.h"

namespace nuncio::resource {

// Where an object was read from. `file` is empty when it came from the API server; `line` counts from 1.
struct Source {
  Shared<std::string> file;
  int line = 0;
  auto operator<=>(const Source&) const = default;
};

struct ObjectKey {
  std::string ns;  // empty for cluster-scoped kinds
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

// The parts of ObjectMeta that mean something to a gateway. Annotations, managedFields, resourceVersion and the like
// are dropped while decoding, so that an object whose meaning did not change compares equal.
struct Meta {
  std::string name;
  std::string ns;
  Rare<std::map<std::string, std::string>> labels;
  int64_t generation = 0;
  std::string uid;
  Source source;

  ObjectKey key() const { return {ns, name}; }
  bool operator==(const Meta&) const = default;
};

}  // namespace nuncio::resource
