#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
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
  std::string uid;                           // of its metadata, good or not
  int64_t generation = 0;                    // likewise
};

// The objects of one document, in its order; `kind: List` is taken apart. Objects of kinds that are none of a gateway's
// business (Deployment, ConfigMap, ...) are left out without a word. Never fails: what is wrong is in `problems`.
std::vector<Decoded> Decode(const YamlDocument& document, const std::string& file);

// Which served version of a kind to ask an API server for: "v3alpha1"; "" for a kind that is known by name only, in
// whatever version; nullopt for one that is none of a gateway's business.
std::optional<std::string_view> WantedVersion(std::string_view group, std::string_view kind);

// The groups that have a kind with a wanted version, sorted; "" is the core one.
std::vector<std::string_view> WantedGroups();

}  // namespace nuncio::resource
