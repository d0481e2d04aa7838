#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nuncio/base/json.h"
#include "nuncio/ir/finding.h"
#include "nuncio/resource/emissary_common.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// Reads an object that has no schema, one key at a time. A value of the wrong type is a finding at its path and reads
// as absent, so that the default holds. Remembers which keys were asked for: the others are unknown.
class ConfigReader {
 public:
  // REQUIRES: `object` is a JSON object and outlives the reader; so does `report`.
  ConfigReader(const Json& object, std::string path, const ir::Origin& origin, Report& report)
      : object_(object), path_(std::move(path)), origin_(origin), report_(report) {}

  // Null when the key is absent or null.
  const Json* Find(const std::string& key);
  bool Has(const std::string& key) { return Find(key) != nullptr; }
  // Asks for a key without reading it, so that it is not reported as unknown.
  void Ignore(const std::string& key) { known_.insert(key); }

  std::optional<bool> Bool(const std::string& key);
  std::optional<bool> LenientBool(const std::string& key);  // also "true", "yes", "on", "1", ...
  std::optional<std::string> String(const std::string& key);
  std::optional<int64_t> Integer(const std::string& key, int64_t least, int64_t most);
  std::optional<std::vector<std::string>> Strings(const std::string& key);
  std::optional<resource::StringMap> StringMap(const std::string& key);
  // A reader for a nested object; nullopt when absent or not an object.
  std::optional<ConfigReader> Object(const std::string& key);
  // One reader for each element of a list of objects.
  std::vector<ConfigReader> Objects(const std::string& key);

  std::string PathOf(const std::string& key) const { return path_ + "." + key; }
  void Error(const std::string& key, std::string message);
  void Warning(const std::string& key, std::string_view code, std::string message);
  void Notice(const std::string& key, std::string_view code, std::string message);
  // A warning for every key that nobody asked for.
  void ReportUnknown();
  std::vector<std::string> Keys() const;

 private:
  const Json* Typed(const std::string& key, bool (*is_type)(const Json&), const char* type);

  const Json& object_;
  std::string path_;
  const ir::Origin& origin_;
  Report& report_;
  std::set<std::string> known_;
};

}  // namespace nuncio::translate::emissary
