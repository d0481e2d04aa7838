#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace nuncio::resource {

// Where an object was read from. `file` is empty when it came from the API server; `line` counts from 1.
struct Source {
  std::string file;
  int line = 0;
  auto operator<=>(const Source&) const = default;
};

struct ObjectKey {
  std::string ns;  // empty for cluster-scoped kinds
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

// The parts of ObjectMeta that mean something to a gateway. managedFields, resourceVersion and the like are dropped
// while decoding, so that an object whose meaning did not change compares equal.
struct Meta {
  std::string name;
  std::string ns;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  int64_t generation = 0;
  std::string uid;
  std::string creation_timestamp;
  Source source;

  ObjectKey key() const { return {ns, name}; }
  bool operator==(const Meta&) const = default;
};

}  // namespace nuncio::resource
