#include "nuncio/base/record.h"

#include <algorithm>

#include "nuncio/base/nearest.h"
#include "nuncio/base/text.h"

namespace nuncio {
namespace {

constexpr size_t kQuotedAtMost = 100;

// Values come from hostile files and go to terminals and logs: short, on one line.
std::string Quote(std::string_view text) {
  const std::string cut(text.substr(0, kQuotedAtMost));
  const std::string quoted = Json(cut).dump(-1, ' ', false, Json::error_handler_t::ignore);
  return cut.size() < text.size() ? quoted + "..." : quoted;
}

std::string Described(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return Cat("the text ", Quote(json.get_ref<const std::string&>()));
    case Json::value_t::boolean:
      return json.get<bool>() ? "true" : "false";
    default:
      return Cat("the number ", json.dump());
  }
}

}  // namespace

std::string MustBe(std::string_view what, const Json& json) {
  const bool unquoted = what == "a string" && (json.is_number() || json.is_boolean());
  return Cat("must be ", what, ", not ", Described(json), unquoted ? "; put it in quotes" : "");
}

std::string PathKey(const std::string& key) {
  std::string out = key.substr(0, kQuotedAtMost);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

const Json* FindMember(const Json& object, std::string_view key) {
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

void WarnOfUnknown(const Json& object, std::span<const std::string_view> known, FieldErrors& errors) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    FieldErrors::Scope scope(errors, "." + PathKey(key));
    const std::string_view meant = Nearest(key, known);
    errors.AddWarning(meant.empty()
                          ? "is not a field of this kind and has no effect; remove it"
                          : Cat("is not a field of this kind and has no effect; did you mean \"", meant, "\"?"));
  }
}

void Load(const Json& json, std::string& out, FieldErrors& errors) {
  if (!json.is_string()) return errors.AddError(MustBe("a string", json));
  out = json.get_ref<const std::string&>();
}

void Load(const Json& json, bool& out, FieldErrors& errors) {
  if (!json.is_boolean()) return errors.AddError(MustBe("true or false", json));
  out = json.get<bool>();
}

void Load(const Json& json, int64_t& out, FieldErrors& errors) {
  if (!json.is_number_integer()) return errors.AddError(MustBe("a whole number", json));
  if (json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{INT64_MAX}) {
    return errors.AddError(Cat("must not be above ", INT64_MAX));
  }
  out = json.get<int64_t>();
}

int LoadWord(const Json& json, std::span<const std::string_view> names, FieldErrors& errors) {
  std::string list;
  for (const std::string_view name : names) list += Cat(list.empty() ? "" : ", ", name);
  if (json.is_string()) {
    const auto at = std::find(names.begin(), names.end(), json.get_ref<const std::string&>());
    if (at != names.end()) return static_cast<int>(at - names.begin());
  }
  errors.AddError(MustBe(Cat(names.size() > 1 ? "one of " : "", list), json));
  return -1;
}

namespace record_internal {

void CheckRange(int64_t value, const std::pair<int64_t, int64_t>& range, FieldErrors& errors) {
  if (value >= range.first && value <= range.second) return;
  errors.AddError(Cat("must be from ", range.first, " to ", range.second, ", not ", value));
}

std::pair<const Json*, std::string_view> Find(const Json& object, std::string_view key, std::string_view synonym,
                                              bool required, FieldErrors& errors) {
  if (const Json* json = FindMember(object, key)) return {json, key};
  if (!synonym.empty()) {
    if (const Json* json = FindMember(object, synonym)) return {json, synonym};
  }
  if (required) {
    FieldErrors::Scope scope(errors, "." + std::string(key));
    errors.AddError("is required");
  }
  return {nullptr, key};
}

}  // namespace record_internal
}  // namespace nuncio
