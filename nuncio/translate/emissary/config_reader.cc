#include "nuncio/translate/emissary/config_reader.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::translate::emissary {

const Json* ConfigReader::Find(const std::string& key) {
  known_.insert(key);
  const auto at = object_.find(key);
  return at == object_.end() || at->is_null() ? nullptr : &*at;
}

const Json* ConfigReader::Typed(const std::string& key, bool (*is_type)(const Json&), const char* type) {
  const Json* value = Find(key);
  if (value == nullptr || is_type(*value)) return value;
  Error(key, absl::StrCat("must be ", type, "; the default is used"));
  return nullptr;
}

std::optional<bool> ConfigReader::Bool(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_boolean(); }, "true or false");
  return value == nullptr ? std::nullopt : std::optional(value->get<bool>());
}

std::optional<bool> ConfigReader::LenientBool(const std::string& key) {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_string()) return Bool(key);
  static const std::set<std::string> kTrue = {"true", "yes", "1", "on", "t", "y"};
  return kTrue.contains(absl::AsciiStrToLower(value->get<std::string>()));
}

std::optional<std::string> ConfigReader::String(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_string(); }, "a string");
  return value == nullptr ? std::nullopt : std::optional(value->get<std::string>());
}

std::optional<int64_t> ConfigReader::Integer(const std::string& key, int64_t least, int64_t most) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_number_integer(); }, "a whole number");
  if (value == nullptr) return std::nullopt;
  const bool fits = !value->is_number_unsigned() || value->get<uint64_t>() <= uint64_t{INT64_MAX};
  if (const int64_t number = fits ? value->get<int64_t>() : INT64_MAX; number >= least && number <= most) return number;
  Error(key, absl::StrCat("must be from ", least, " to ", most, "; the default is used"));
  return std::nullopt;
}

std::optional<std::vector<std::string>> ConfigReader::Strings(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_array(); }, "a list of strings");
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> strings;
  for (const Json& element : *value) {
    if (element.is_string()) {
      strings.push_back(element.get<std::string>());
    } else {
      Error(key, "holds an element that is not a string; it is left out");
    }
  }
  return strings;
}

std::optional<resource::StringMap> ConfigReader::StringMap(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_object(); }, "an object");
  if (value == nullptr) return std::nullopt;
  resource::StringMap map;
  for (const auto& [name, element] : value->items()) {
    if (element.is_string()) {
      map[name] = element.get<std::string>();
    } else {
      Error(key, absl::StrCat("['", name, "'] must be a string; it is left out"));
    }
  }
  return map;
}

std::optional<ConfigReader> ConfigReader::Object(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_object(); }, "an object");
  if (value == nullptr) return std::nullopt;
  return ConfigReader(*value, PathOf(key), origin_, report_);
}

std::vector<ConfigReader> ConfigReader::Objects(const std::string& key) {
  const Json* value = Typed(
      key, [](const Json& v) { return v.is_array(); }, "a list of objects");
  std::vector<ConfigReader> readers;
  if (value == nullptr) return readers;
  for (size_t i = 0; i < value->size(); ++i) {
    if ((*value)[i].is_object()) {
      readers.emplace_back((*value)[i], absl::StrCat(PathOf(key), "[", i, "]"), origin_, report_);
    } else {
      Error(absl::StrCat(key, "[", i, "]"), "must be an object; it is left out");
    }
  }
  return readers;
}

void ConfigReader::Error(const std::string& key, std::string message) {
  report_.Error(origin_, code::kModuleInvalid, PathOf(key), std::move(message));
}

void ConfigReader::Warning(const std::string& key, std::string_view code, std::string message) {
  report_.Warning(origin_, code, PathOf(key), std::move(message));
}

void ConfigReader::Notice(const std::string& key, std::string_view code, std::string message) {
  report_.Notice(origin_, code, PathOf(key), std::move(message));
}

void ConfigReader::ReportUnknown() {
  for (const std::string& key : Keys()) {
    if (known_.contains(key)) continue;
    report_.Warning(origin_, code::kModuleUnknownKey, PathOf(key),
                    "is not a key that is known here and has no effect; check its spelling");
  }
}

std::vector<std::string> ConfigReader::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object_.items()) keys.push_back(key);
  return keys;
}

}  // namespace nuncio::translate::emissary
