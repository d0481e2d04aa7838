#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "nuncio/base/boxed.h"
#include "nuncio/base/field_errors.h"
#include "nuncio/base/json.h"

namespace nuncio {

// Reads Json into structs by tables: one table a struct says which fields it has, what each may hold and where it goes,
// and from the same table follows which fields are unknown. A table is a function beside the struct's namespace:
//
//   constexpr auto FieldsOf(const Port*) {
//     return Record(Required("port", &Port::number).In(1, 65535), Optional("name", &Port::name));
//   }
//
// An optional check of what one field cannot tell: void CheckRecord(const Port&, FieldErrors&).
// Reading never stops at the first error; a member that is null reads as absent, as in the Kubernetes API.

// "must be WHAT, not the number 5".
std::string MustBe(std::string_view what, const Json& json);
// A warning at each member of `object` that is not among `known`, with the name that was probably meant.
void WarnOfUnknown(const Json& object, std::span<const std::string_view> known, FieldErrors& errors);
// A key as part of a path: short and on one line, because keys come from hostile files and paths go to terminals.
std::string PathKey(const std::string& key);
// The member, or null when it is absent or null. REQUIRES: `object` is an object.
const Json* FindMember(const Json& object, std::string_view key);

template <typename Owner, typename T>
struct Field {
  std::string_view key;
  T Owner::*member;
  bool required = false;
  std::string_view synonym = {};
  std::optional<std::pair<int64_t, int64_t>> range = {};
  std::span<const std::string_view> words = {};

  // A second spelling; the first wins where both stand.
  constexpr Field Also(std::string_view name) const {
    Field out = *this;
    return out.synonym = name, out;
  }
  constexpr Field In(int64_t least, int64_t most) const {
    Field out = *this;
    return out.range = {least, most}, out;
  }
  // For strings. REQUIRES: `allowed` has static storage.
  constexpr Field OneOf(std::span<const std::string_view> allowed) const {
    Field out = *this;
    return out.words = allowed, out;
  }
};
template <typename Owner, typename T>
constexpr auto Optional(std::string_view key, T Owner::*member) {
  return Field<Owner, T>{key, member};
}
template <typename Owner, typename T>
constexpr auto Required(std::string_view key, T Owner::*member) {
  return Field<Owner, T>{key, member, true};
}

// A nested object whose fields are members of the same struct.
template <typename... Entries>
struct FieldGroup {
  std::string_view key;
  std::tuple<Entries...> entries;
  bool open = false;
};
template <typename... Entries>
constexpr auto Group(std::string_view key, Entries... entries) {
  return FieldGroup<Entries...>{key, {entries...}};
}
// The same, when fields that the table does not name are none of our business.
template <typename... Entries>
constexpr auto OpenGroup(std::string_view key, Entries... entries) {
  return FieldGroup<Entries...>{key, {entries...}, true};
}

// Fields of a part that lies in a Rare member: in the object they stand beside the owner's own.
template <typename Owner, typename T, typename... Entries>
struct PartFields {
  Rare<T> Owner::*member;
  std::tuple<Entries...> entries;
};
template <typename Owner, typename T, typename... Entries>
constexpr auto Within(Rare<T> Owner::*member, Entries... entries) {
  return PartFields<Owner, T, Entries...>{member, {entries...}};
}

// A field with a reader of its own, called when the field is there.
template <typename Owner>
struct CustomField {
  std::string_view key;
  void (*load)(const Json&, Owner&, FieldErrors&);
  bool required = false;
  std::string_view synonym = {};
};

// Only whether the field is there.
template <typename Owner>
struct PresenceField {
  std::string_view key;
  bool Owner::*member;
};
template <typename Owner>
constexpr auto Present(std::string_view key, bool Owner::*member) {
  return PresenceField<Owner>{key, member};
}

// A field that is known and not read.
struct KnownField {
  std::string_view key;
};
constexpr KnownField Known(std::string_view key) { return {key}; }

template <typename... Entries>
struct FieldTable {
  std::tuple<Entries...> entries;
  bool open = false;
};
template <typename... Entries>
constexpr auto Record(Entries... entries) {
  return FieldTable<Entries...>{{entries...}};
}
template <typename... Entries>
constexpr auto OpenRecord(Entries... entries) {
  return FieldTable<Entries...>{{entries...}, true};
}

template <typename T>
concept HasFields = requires(const T* type) {
  FieldsOf(type);
};
template <typename T>
concept HasCheck = requires(const T& value, FieldErrors& errors) {
  CheckRecord(value, errors);
};
// An enum declares its spellings beside it: constexpr std::array<std::pair<E, std::string_view>, N> NamesOf(E).
template <typename T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  NamesOf(value);
};

void Load(const Json& json, std::string& out, FieldErrors& errors);
void Load(const Json& json, bool& out, FieldErrors& errors);
void Load(const Json& json, int64_t& out, FieldErrors& errors);
// -1 and an error when the string is none of `names`.
int LoadWord(const Json& json, std::span<const std::string_view> names, FieldErrors& errors);

template <NamedEnum E>
void Load(const Json& json, E& out, FieldErrors& errors) {
  constexpr auto kNames = NamesOf(E{});
  std::array<std::string_view, kNames.size()> words;
  for (size_t i = 0; i < words.size(); ++i) words[i] = kNames[i].second;
  if (const int at = LoadWord(json, words, errors); at >= 0) out = kNames[static_cast<size_t>(at)].first;
}
template <HasFields T>
void Load(const Json& json, T& out, FieldErrors& errors);
template <typename T>
void Load(const Json& json, std::vector<T>& out, FieldErrors& errors);
template <typename T>
void Load(const Json& json, std::map<std::string, T>& out, FieldErrors& errors);
template <typename T>
void Load(const Json& json, std::optional<T>& out, FieldErrors& errors) {
  Load(json, out.emplace(), errors);
}
template <typename T>
void Load(const Json& json, Boxed<T>& out, FieldErrors& errors) {
  Load(json, out.emplace(), errors);
}
template <typename T>
void Load(const Json& json, Rare<T>& out, FieldErrors& errors) {
  T value = *out;
  Load(json, value, errors);
  out = std::move(value);
}
template <typename T>
void Load(const Json& json, std::vector<T>& out, FieldErrors& errors) {
  if (!json.is_array()) return errors.AddError(MustBe("a list", json));
  for (size_t i = 0; i < json.size(); ++i) {
    FieldErrors::Scope scope(errors, "[" + std::to_string(i) + "]");
    Load(json[i], out.emplace_back(), errors);
  }
}
template <typename T>
void Load(const Json& json, std::map<std::string, T>& out, FieldErrors& errors) {
  if (!json.is_object()) return errors.AddError(MustBe("an object", json));
  for (const auto& [key, value] : json.items()) {
    FieldErrors::Scope scope(errors, "[" + PathKey(key) + "]");
    Load(value, out[key], errors);
  }
}

namespace record_internal {

void CheckRange(int64_t value, const std::pair<int64_t, int64_t>& range, FieldErrors& errors);
// The member under its first or second name, with the name under which it stands; an error when it is required and
// absent.
std::pair<const Json*, std::string_view> Find(const Json& object, std::string_view key, std::string_view synonym,
                                              bool required, FieldErrors& errors);

template <typename Owner, typename T>
void LoadEntry(const Json& object, Owner& out, const Field<Owner, T>& field, FieldErrors& errors) {
  const auto [json, name] = Find(object, field.key, field.synonym, field.required, errors);
  if (json == nullptr) return;
  FieldErrors::Scope scope(errors, "." + std::string(name));
  T& member = out.*field.member;
  if (!field.words.empty()) {
    if constexpr (requires { member = std::string(); }) {
      if (const int at = LoadWord(*json, field.words, errors); at >= 0)
        member = std::string(field.words[static_cast<size_t>(at)]);
    }
    return;
  }
  const size_t errors_before = errors.entries().size();
  Load(*json, member, errors);
  if (field.range && errors.entries().size() == errors_before) {
    if constexpr (std::same_as<T, int64_t>) CheckRange(member, *field.range, errors);
    if constexpr (std::same_as<T, std::optional<int64_t>>) CheckRange(*member, *field.range, errors);
  }
}
template <typename Owner>
void LoadEntry(const Json& object, Owner& out, const CustomField<Owner>& field, FieldErrors& errors) {
  const auto [json, name] = Find(object, field.key, field.synonym, field.required, errors);
  if (json == nullptr) return;
  FieldErrors::Scope scope(errors, "." + std::string(name));
  field.load(*json, out, errors);
}
template <typename Owner>
void LoadEntry(const Json& object, Owner& out, const PresenceField<Owner>& field, FieldErrors&) {
  out.*field.member = FindMember(object, field.key) != nullptr;
}
template <typename Owner>
void LoadEntry(const Json&, Owner&, const KnownField&, FieldErrors&) {}

template <typename Entry>
void AddNames(const Entry& entry, std::vector<std::string_view>& names) {
  names.push_back(entry.key);
  if constexpr (requires { entry.synonym; }) {
    if (!entry.synonym.empty()) names.push_back(entry.synonym);
  }
}
template <typename Owner, typename T, typename... Entries>
void AddNames(const PartFields<Owner, T, Entries...>& part, std::vector<std::string_view>& names) {
  std::apply([&](const auto&... entry) { (AddNames(entry, names), ...); }, part.entries);
}

template <typename Owner, typename T, typename... Entries>
void LoadEntry(const Json& object, Owner& out, const PartFields<Owner, T, Entries...>& part, FieldErrors& errors) {
  T value = *(out.*part.member);
  std::apply([&](const auto&... entry) { (LoadEntry(object, value, entry, errors), ...); }, part.entries);
  out.*part.member = std::move(value);
}
template <typename Owner, typename... Entries>
void LoadEntry(const Json& object, Owner& out, const FieldGroup<Entries...>& group, FieldErrors& errors);

template <typename Owner, typename... Entries>
void LoadAll(const Json& object, Owner& out, const std::tuple<Entries...>& entries, bool open, FieldErrors& errors) {
  if (!object.is_object()) return errors.AddError(MustBe("an object", object));
  std::apply([&](const auto&... entry) { (LoadEntry(object, out, entry, errors), ...); }, entries);
  if (open) return;
  std::vector<std::string_view> names;
  std::apply([&](const auto&... entry) { (AddNames(entry, names), ...); }, entries);
  WarnOfUnknown(object, names, errors);
}

template <typename Owner, typename... Entries>
void LoadEntry(const Json& object, Owner& out, const FieldGroup<Entries...>& group, FieldErrors& errors) {
  FieldErrors::Scope scope(errors, "." + std::string(group.key));
  const Json* json = FindMember(object, group.key);
  // An absent group still misses its required fields.
  LoadAll(json != nullptr ? *json : Json(Json::object()), out, group.entries, group.open, errors);
}

}  // namespace record_internal

template <HasFields T>
void Load(const Json& json, T& out, FieldErrors& errors) {
  constexpr auto kTable = FieldsOf(static_cast<const T*>(nullptr));
  record_internal::LoadAll(json, out, kTable.entries, kTable.open, errors);
  if constexpr (HasCheck<T>) {
    if (json.is_object()) CheckRecord(out, errors);
  }
}

}  // namespace nuncio
