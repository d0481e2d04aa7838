#pragma once

#include <compare>
#include <string>
#include <vector>

#include "nuncio/base/shared.h"

namespace nuncio::ir {

// The object that something in the model comes from. A plain name: the model does not know what a Kubernetes object is.
// `file` and `line` are set for objects that were read from a file (line counts from 1 and is the object's first line).
struct Origin {
  std::string kind;
  std::string ns;
  std::string name;
  Shared<std::string> file;
  int line = 0;

  auto operator<=>(const Origin&) const = default;
};

enum class Severity {
  kError,    // something that the user asked for is not in effect
  kWarning,  // it is in effect, but probably not as meant
  kNotice,   // for information: a default or a deprecated field
};

// One thing that is wrong with one object, in words that tell what to do about it. Findings are values, never logged
// in place of being returned, and translating goes on after each one.
//
// `code` is stable and documented in docs/findings.md (for example "host-tls-secret-missing"); `field` is a path from
// the root of the object ("spec.tlsSecret.name", "spec.rules[2].path"), empty when the whole object is meant.
struct Finding {
  Severity severity = Severity::kError;
  std::string code;
  Origin object;
  std::string field;
  std::string message;

  auto operator<=>(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

}  // namespace nuncio::ir
