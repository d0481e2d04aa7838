#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "nuncio/resource/conversion_fields.h"

namespace nuncio::resource {
namespace {

// What v2 writes as one word, and v3alpha1 as {word: {key: word}}.
constexpr std::array<std::string_view, 3> kWords = {"source_cluster", "destination_cluster", "remote_address"};

bool IsWord(std::string_view text) { return std::find(kWords.begin(), kWords.end(), text) != kWords.end(); }

// The only member of an object. REQUIRES: there is one.
const Json& Only(const Json& object) { return object.begin().value(); }

// Every label of {domain: [{group: [label, ...]}, ...]}.
template <typename Change>
void ChangeLabels(Json& spec, Change change) {
  const auto domains = spec.find("labels");
  if (domains == spec.end() || !domains->is_object()) return;
  for (Json& groups : *domains) {
    if (!groups.is_array()) continue;
    for (Json& group : groups) {
      if (!group.is_object()) continue;
      for (Json& labels : group) {
        if (!labels.is_array()) continue;
        for (Json& label : labels) change(label);
      }
    }
  }
}

Json WordToHub(const std::string& word) {
  if (IsWord(word)) return {{word, {{"key", word}}}};
  return {{"generic_key", {{"value", word}, {"v2Shorthand", true}}}};
}

void LabelToHub(Json& label) {
  if (label.is_string()) {
    label = WordToHub(label.get<std::string>());
    return;
  }
  if (!label.is_object() || label.empty()) return;
  // {KEY: {header: NAME}}, or {generic_key: VALUE, v3Key: KEY}.
  if (label.size() == 1 && Only(label).is_object() && Only(label).contains("header")) {
    Json request = Only(label);
    request["header_name"] = request["header"];
    request.erase("header");
    request["key"] = label.begin().key();
    label = {{"request_headers", std::move(request)}};
    return;
  }
  const auto value = label.find("generic_key");
  if (value == label.end() || !value->is_string()) return;
  Json generic = {{"value", *value}};
  if (const auto key = label.find("v3Key"); key != label.end() && *key != "") generic["key"] = *key;
  label = {{"generic_key", std::move(generic)}};
}

void GenericKeyFromHub(Json& label, const Json& generic) {
  const Json value = generic.value("value", Json());
  if (!value.is_string()) return;
  const Json key = generic.value("key", Json(""));
  if (key == "" && generic.value("v2Shorthand", Json()) == true && !IsWord(value.get<std::string>())) {
    label = value;
    return;
  }
  Json out = {{"generic_key", value}};
  if (key != "") out["v3Key"] = key;
  label = std::move(out);
}

void LabelFromHub(Json& label) {
  if (!label.is_object() || label.size() != 1 || !Only(label).is_object()) return;
  const std::string kind = label.begin().key();
  const Json inner = Only(label);
  const Json key = inner.value("key", Json());
  if (IsWord(kind) && key == kind) {
    label = kind;
  } else if (kind == "generic_key") {
    GenericKeyFromHub(label, inner);
  } else if (kind == "request_headers" && key.is_string() && inner.contains("header_name")) {
    Json request = inner;
    request["header"] = request["header_name"];
    request.erase("header_name");
    request.erase("key");
    label = {{key.get<std::string>(), std::move(request)}};
  }
}

// The custom tags that a list of header names stands for; null when it is no such list.
Json TagsOf(const Json& headers) {
  if (!headers.is_array()) return nullptr;
  Json tags = Json::array();
  for (const Json& header : headers) {
    if (!header.is_string()) return nullptr;
    tags.push_back({{"tag", header}, {"request_header", {{"name", header}}}});
  }
  return tags;
}

}  // namespace

void LabelsToHub(Json& spec) { ChangeLabels(spec, LabelToHub); }
void LabelsFromHub(Json& spec) { ChangeLabels(spec, LabelFromHub); }

void TagHeadersToHub(Json& spec) {
  const auto headers = spec.find("tag_headers");
  if (headers == spec.end() || spec.contains("custom_tags")) return;
  if (Json tags = TagsOf(*headers); !tags.is_null()) spec["custom_tags"] = std::move(tags);
}

void TagHeadersFromHub(Json& spec) {
  const Json derived = TagsOf(spec.value("tag_headers", Json()));
  if (derived.is_null()) return;
  // Without custom tags v2 would take the headers, which v3alpha1 does not.
  const auto tags = spec.emplace("custom_tags", Json::array()).first;
  if (*tags == derived) spec.erase(tags);
}

}  // namespace nuncio::resource
