#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/base/field_errors.h"
#include "nuncio/base/yaml.h"
#include "nuncio/resource/kinds.h"

namespace nuncio::resource {

// What makes two objects the same one, whatever version either is written in.
struct Identity {
  std::string group;
  std::string kind;
  ObjectKey key;
  auto operator<=>(const Identity&) const = default;
};

enum class Outcome {
  kGood,
  kInvalid,             // `problems` has an error
  kUnknownKind,         // a kind that the group does not have
  kUnsupportedVersion,  // a kind that is known, in a version that is not read
};

// One object of a manifest. `id` is filled as far as it could be read.
struct Decoded {
  Identity id;
  Source source;
  Outcome outcome = Outcome::kInvalid;
  std::optional<Object> object;              // there when, and only when, the outcome is kGood
  std::vector<FieldErrors::Entry> problems;  // beside a good object, warnings
};

// The objects of one document, in its order; `kind: List` is taken apart. Objects of kinds that are none of a gateway's
// business (Deployment, ConfigMap, ...) are left out without a word. Never fails: what is wrong is in `problems`.
std::vector<Decoded> Decode(const YamlDocument& document, const std::string& file);

}  // namespace nuncio::resource
