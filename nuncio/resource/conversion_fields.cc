#include "nuncio/resource/conversion_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "nuncio/base/text.h"

namespace nuncio::resource {
namespace {

constexpr std::string_view kNewIdPrefix = "--apiVersion-v3alpha1-only--";
constexpr const char* kNoHost = "_skip_mapping_with_empty_host_";
constexpr const char* kAnyValue = ".*";

// The member, taken out of the object; null when there is none.
Json Take(Json& object, const char* field) {
  const auto at = object.find(field);
  if (at == object.end()) return nullptr;
  Json value = std::move(*at);
  object.erase(at);
  return value;
}

std::string TextOf(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

// Strings in a list, or one string. Anything else is left to whoever reads the result.
bool IsOneOrMore(const Json& value) {
  if (value.is_string()) return true;
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

void AppendIds(const Json& value, Json& out) {
  for (const Json& item : value.is_string() ? Json::array({value}) : value) {
    std::string id = item.get<std::string>();
    if (id.starts_with(kNewIdPrefix)) id.erase(0, kNewIdPrefix.size());
    if (std::find(out.begin(), out.end(), Json(id)) == out.end()) out.push_back(std::move(id));
  }
}

// Whether an item of a v2 object is of the wanted form is the caller's to know; here is only where they stand.
template <typename Change>
void ChangeMembers(Json& spec, const char* field, Change change) {
  const auto at = spec.find(field);
  if (at == spec.end() || !at->is_object()) return;
  for (Json& value : *at) change(value);
}

Json SplitOrigins(const std::string& text) {
  Json list = Json::array();
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const size_t first = text.find_first_not_of(' ', begin);
    if (first < end) list.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) + 1 - first));
    begin = end + 1;
  }
  return list;
}

}  // namespace

void IdsToHub(Json& spec) {
  Json ids = Json::array();
  bool any = false;
  for (const char* field : {"ambassador_id", "ambassadorId"}) {
    const auto at = spec.find(field);
    if (at == spec.end() || !(at->is_null() || IsOneOrMore(*at))) continue;
    any = any || !at->is_null();
    if (!at->is_null()) AppendIds(*at, ids);
    spec.erase(at);
  }
  // What could not be read stands there still, and is to be complained about.
  if (any && spec.find("ambassador_id") == spec.end()) spec["ambassador_id"] = std::move(ids);
}

void IdsFromHub(Json& spec) {
  Json& ids = spec["ambassador_id"];
  if (ids.is_null() || (ids.is_array() && ids.empty())) ids = Json::array({"default"});
  if (!ids.is_array()) return;
  for (Json& id : ids) {
    if (id.is_string()) id = Cat(kNewIdPrefix, id.get_ref<const std::string&>());
  }
}

void MappingHostToHub(Json& spec) {
  const auto host = spec.find("host");
  if (host != spec.end() && !host->is_null() && !host->is_string()) return;
  const auto regex = spec.find("host_regex");
  const bool is_regex = regex != spec.end() && *regex == true;
  const std::string name = host == spec.end() ? "" : TextOf(*host);
  if (is_regex && !name.empty() && name != kNoHost) return;  // the same two fields
  if (is_regex) spec.erase("host_regex");
  spec.erase("host");
  if (name != kNoHost) spec["hostname"] = name.empty() ? "*" : name;
}

void MappingHostFromHub(Json& spec) {
  const Json hostname = Take(spec, "hostname");
  if (!hostname.is_null() && hostname != "") {
    // It goes before `host`.
    spec.erase("host");
    const auto regex = spec.find("host_regex");
    if (regex != spec.end() && *regex == true) spec.erase(regex);
    if (hostname != "*") spec["host"] = hostname;
    return;
  }
  const auto host = spec.find("host");
  if (host == spec.end() || host->is_null() || *host == "") spec["host"] = kNoHost;
}

void BoolMapToHub(Json& spec, const BoolMap& map) {
  const auto values = spec.find(map.values);
  if (values == spec.end() || !values->is_object() || values->empty()) return;
  Json regexes = spec.value(map.regexes, Json());
  if (regexes.is_null()) regexes = Json::object();
  if (!regexes.is_object()) return;
  Json kept = Json::object();
  Json names = Json::array();
  for (const auto& [name, value] : values->items()) {
    if (value == true) {
      // A regular expression that stands there already asks for the header, too.
      if (regexes.emplace(name, kAnyValue).second) names.push_back(name);
    } else if (value != false && !value.is_null()) {
      kept[name] = value;
    }
  }
  spec.erase(map.values);
  if (!kept.empty()) spec[map.values] = std::move(kept);
  if (names.empty()) return;
  spec[map.regexes] = std::move(regexes);
  spec[map.remembered] = std::move(names);
}

void BoolMapFromHub(Json& spec, const BoolMap& map) {
  const Json remembered = Take(spec, map.remembered);
  const auto regexes = spec.find(map.regexes);
  if (!remembered.is_array() || regexes == spec.end() || !regexes->is_object()) return;
  Json values = spec.value(map.values, Json::object());
  if (!values.is_object()) return;
  const size_t before = values.size();
  for (const Json& name : remembered) {
    const auto regex = name.is_string() ? regexes->find(name.get_ref<const std::string&>()) : regexes->end();
    if (regex == regexes->end() || *regex != kAnyValue || values.contains(regex.key())) continue;
    values[regex.key()] = true;
    regexes->erase(regex);
  }
  if (regexes->empty()) spec.erase(map.regexes);
  if (values.size() != before) spec[map.values] = std::move(values);
}

void AddedHeadersToHub(Json& spec, const char* field) {
  ChangeMembers(spec, field, [](Json& header) {
    if (header.is_string()) {
      header = {{"value", std::move(header)}, {"v2Representation", "string"}};
    } else if (header.is_null()) {
      header = {{"value", ""}, {"v2Representation", "null"}};
    } else if (header.is_object()) {
      header.erase("v2Representation");
    }
  });
}

void AddedHeadersFromHub(Json& spec, const char* field) {
  ChangeMembers(spec, field, [](Json& header) {
    if (!header.is_object()) return;
    const Json spelled = Take(header, "v2Representation");
    const auto value = header.find("value");
    if (header.size() != 1 || value == header.end() || !value->is_string()) return;
    if (spelled == "string") {
      header = Json(*value);
    } else if (spelled == "null" && *value == "") {
      header = nullptr;
    }
  });
}

void ListToHub(Json& object, const char* field) {
  const auto at = object.find(field);
  if (at != object.end() && at->is_string()) *at = Json::array({*at});
}

void CorsToHub(Json& spec) {
  const auto cors = spec.find("cors");
  if (cors == spec.end() || !cors->is_object()) return;
  for (const char* field : {"methods", "headers", "exposed_headers"}) ListToHub(*cors, field);
  cors->erase("v2CommaSeparatedOrigins");
  const auto origins = cors->find("origins");
  if (origins == cors->end() || !origins->is_string()) return;
  *origins = SplitOrigins(origins->get<std::string>());
  (*cors)["v2CommaSeparatedOrigins"] = true;
}

void CorsFromHub(Json& spec) {
  const auto cors = spec.find("cors");
  if (cors == spec.end() || !cors->is_object()) return;
  const Json commas = Take(*cors, "v2CommaSeparatedOrigins");
  const auto origins = cors->find("origins");
  if (commas != true || origins == cors->end() || !origins->is_array() || !IsOneOrMore(*origins)) return;
  std::string text;
  for (const Json& origin : *origins) text += Cat(text.empty() ? "" : ",", origin.get_ref<const std::string&>());
  *origins = std::move(text);
}

}  // namespace nuncio::resource
