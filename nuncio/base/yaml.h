#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/base/json.h"

namespace nuncio {

// Where the parts of a document stand, as a tree of the document's shape: members by name, list elements by index
// ("0"). Lines count from 1. What an alias or a merge key brought in has no entry of its own.
struct LineTree {
  int line = 0;
  std::map<std::string, LineTree, std::less<>> members;
};

struct YamlDocument {
  Json value;
  LineTree lines;  // lines.line: the first line of content
};

struct SyntaxError {
  int line = 0;    // from 1; 0 when the whole text is meant
  int column = 0;  // from 1
  std::string message;
  bool operator==(const SyntaxError&) const = default;
};

// Empty documents are left out. When there is an error, `documents` is what stood before it.
struct YamlStream {
  std::vector<YamlDocument> documents;
  std::optional<SyntaxError> error;
};

// What a text may cost before it is refused, so that a hostile one cannot exhaust the process.
struct YamlLimits {
  size_t bytes = 16 << 20;
  size_t depth = 100;
  size_t nodes = 2'000'000;        // counting what aliases repeat
  size_t string_bytes = 64 << 20;  // likewise
  size_t marked_depth = 2;         // how deep LineTree goes; 2 reaches the items of a list
};

// Every document of a text, typed as kubectl does (yaml_scalar.h). A repeated key, a key that is not a scalar, an
// unknown tag, bytes that are not UTF-8 and going over a limit are errors. Aliases and merge keys (`<<`) are resolved.
YamlStream ReadYaml(std::string_view text, const YamlLimits& limits = {});

// The same for a text that is one JSON value.
YamlStream ReadJson(std::string_view text, const YamlLimits& limits = {});

}  // namespace nuncio
