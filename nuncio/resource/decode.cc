#include "nuncio/resource/decode.h"

#include <algorithm>
#include <array>
#include <utility>

#include "nuncio/base/nearest.h"
#include "nuncio/base/record.h"
#include "nuncio/base/text.h"
#include "nuncio/resource/conversion.h"
#include "nuncio/resource/decode_meta.h"
#include "nuncio/resource/emissary_fields.h"
#include "nuncio/resource/kind_decoders.h"

namespace nuncio::resource {
namespace {

constexpr std::string_view kEmissary = kEmissaryGroup;
// A List within a List within ... is nobody's honest manifest.
constexpr int kDeepestList = 4;

// Kinds that are known by name only; an empty kind stands for all of its group.
struct UnbuiltKind {
  std::string_view group;
  std::string_view kind;
};
constexpr UnbuiltKind kUnbuilt[] = {
    {kEmissary, "AuthService"},        {kEmissary, "RateLimitService"},
    {kEmissary, "TracingService"},     {kEmissary, "LogService"},
    {kEmissary, "DevPortal"},          {kEmissary, "ConsulResolver"},
    {"networking.k8s.io", "Ingress"},  {"extensions", "Ingress"},
    {"gateway.networking.k8s.io", ""}, {"networking.internal.knative.dev", "Ingress"},
};

template <typename T>
void DecodeInto(const Json& json, const Meta& meta, Decoded& out, FieldErrors& errors) {
  auto object = std::make_shared<T>();
  object->meta = meta;
  DecodeKind(json, *object, errors);
  if (errors.ok()) out.object = std::shared_ptr<const T>(std::move(object));
}

void DecodeUnbuilt(const Json& json, const Meta& meta, Decoded& out, FieldErrors& errors) {
  auto object = std::make_shared<UnbuiltObject>();
  object->group = out.id.group;
  object->kind = out.id.kind;
  object->meta = meta;
  const Json* spec = FindMember(json, "spec");
  if (out.id.group == kEmissary && spec != nullptr && spec->is_object()) {
    // Someone else's object, by its id, deserves no notice; what else is in the spec is not read.
    for (const char* key : {"ambassador_id", "ambassadorId"}) {
      const Json* id = FindMember(*spec, key);
      if (id == nullptr || !object->ambassador_id.empty()) continue;
      FieldErrors::Scope scope(errors, Cat(".spec.", key));
      LoadAmbassadorId(*id, object->ambassador_id, errors);
    }
  }
  if (errors.ok()) out.object = std::shared_ptr<const UnbuiltObject>(std::move(object));
}

struct KindRow {
  std::string_view group;
  std::string_view kind;
  std::string_view version;
  void (*decode)(const Json&, const Meta&, Decoded&, FieldErrors&);
};
#define NUNCIO_ROW(type, kind, group, version, table) KindRow{group, kind, version, DecodeInto<type>},
constexpr KindRow kKinds[] = {NUNCIO_KINDS(NUNCIO_ROW)};
#undef NUNCIO_ROW

const KindRow* FindKind(std::string_view group, std::string_view kind) {
  const auto at = std::find_if(std::begin(kKinds), std::end(kKinds),
                               [&](const KindRow& row) { return row.group == group && row.kind == kind; });
  return at == std::end(kKinds) ? nullptr : at;
}

bool IsUnbuilt(std::string_view group, std::string_view kind) {
  return std::any_of(std::begin(kUnbuilt), std::end(kUnbuilt), [&](const UnbuiltKind& row) {
    return row.group == group && (row.kind.empty() || row.kind == kind);
  });
}

bool IsNamespaced(const Identity& id) {
  return !(id.group.empty() && id.kind == "Namespace") && id.kind != "GatewayClass";
}

std::string UnknownKind(std::string_view kind) {
  std::vector<std::string_view> names;
  for (const KindRow& row : kKinds) {
    if (row.group == kEmissary) names.push_back(row.kind);
  }
  for (const UnbuiltKind& row : kUnbuilt) {
    if (row.group == kEmissary) names.push_back(row.kind);
  }
  const std::string_view meant = Nearest(kind, names);
  return Cat("is not a kind of ", kEmissary, meant.empty() ? "" : "; did you mean \"", meant,
             meant.empty() ? "" : "\"?");
}

void AddAt(FieldErrors& errors, const char* field, std::string message) {
  FieldErrors::Scope scope(errors, Cat(".", field));
  errors.AddError(std::move(message));
}

// What an object is, from its two first lines.
struct TypeMeta {
  std::string group;
  std::string version;
  std::string kind;
};

TypeMeta ReadTypeMeta(const Json& json, FieldErrors& errors) {
  TypeMeta type;
  std::string api_version;
  for (const auto& [field, out] : {std::pair{"apiVersion", &api_version}, std::pair{"kind", &type.kind}}) {
    FieldErrors::Scope scope(errors, Cat(".", field));
    const Json* value = FindMember(json, field);
    if (value == nullptr) {
      errors.AddError("is required");
    } else {
      Load(*value, *out, errors);
    }
  }
  const size_t slash = api_version.find('/');
  type.group = slash == std::string::npos ? "" : api_version.substr(0, slash);
  type.version = slash == std::string::npos ? api_version : api_version.substr(slash + 1);
  return type;
}

// Whether a kind of the table is read in a version: getambassador.io in all that there are, any other kind in one.
bool IsRead(const TypeMeta& type, const KindRow* row) {
  if (type.group == kEmissary) return HasVersion(type.kind, type.version);
  return row == nullptr || type.version == row->version;
}

void DecodeVersioned(const Json& json, const Meta& meta, const KindRow* row, Decoded& out, FieldErrors& errors) {
  if (row != nullptr) {
    row->decode(json, meta, out, errors);
  } else {
    DecodeUnbuilt(json, meta, out, errors);
  }
}

// An older version of a kind of getambassador.io. What is wrong with it is said at the fields that were written.
void DecodeOlder(const Json& json, const TypeMeta& type, const Meta& meta, const KindRow* row, Decoded& out,
                 FieldErrors& errors) {
  FieldErrors in_hub;
  DecodeVersioned(ToHub(json, type.kind, type.version, errors), meta, row, out, in_hub);
  for (const FieldErrors::Entry& entry : in_hub.entries()) {
    FieldErrors::Scope scope(errors, PathIn(type.version, type.kind, entry.path));
    if (entry.weight == FieldErrors::Weight::kError) {
      errors.AddError(entry.message);
    } else {
      errors.AddWarning(entry.message);
    }
  }
}

// The object's own part, once its kind is known. `row` is null for an unbuilt kind.
void DecodeObject(const Json& json, const TypeMeta& type, const KindRow* row, Decoded& out, FieldErrors& errors) {
  Meta meta = DecodeMeta(json, IsNamespaced(out.id), errors);
  meta.source = out.source;
  out.id.key = meta.key();
  out.uid = meta.uid;
  out.generation = meta.generation;
  if (!IsRead(type, row)) {
    out.outcome = Outcome::kUnsupportedVersion;
    const std::string_view version = row != nullptr ? row->version : kHubVersion;
    return AddAt(errors, "apiVersion",
                 Cat("this version of ", type.kind, " is not read; write the object as ", type.group,
                     type.group.empty() ? "" : "/", version));
  }
  if (type.group == kEmissary && type.version != kHubVersion) {
    DecodeOlder(json, type, meta, row, out, errors);
  } else {
    DecodeVersioned(json, meta, row, out, errors);
  }
  if (errors.ok()) {
    out.outcome = Outcome::kGood;
  } else {
    out.object.reset();
  }
}

// Nothing when the object is none of our business.
std::optional<Decoded> DecodeOne(const Json& json, const Source& source) {
  Decoded out;
  out.source = source;
  FieldErrors errors;
  if (!json.is_object()) {
    errors.AddError(MustBe("an object with apiVersion, kind and metadata", json));
  } else {
    const TypeMeta type = ReadTypeMeta(json, errors);
    out.id.group = type.group;
    out.id.kind = type.kind;
    const KindRow* row = FindKind(type.group, type.kind);
    if (!errors.ok()) {
      FieldErrors unused;
      out.id.key = DecodeMeta(json, true, unused).key();
    } else if (row != nullptr || IsUnbuilt(type.group, type.kind)) {
      DecodeObject(json, type, row, out, errors);
    } else if (type.group == kEmissary || type.group == "x.getambassador.io") {
      out.outcome = Outcome::kUnknownKind;
      AddAt(errors, "kind", UnknownKind(type.kind));
      out.id.key = DecodeMeta(json, true, errors).key();
    } else if (!Nearest(type.group, std::array{kEmissary}).empty()) {
      out.outcome = Outcome::kUnknownKind;
      AddAt(errors, "apiVersion", Cat("names no group that is known here; did you mean \"", kEmissary, "\"?"));
      out.id.key = DecodeMeta(json, true, errors).key();
    } else {
      return std::nullopt;
    }
  }
  out.problems = errors.entries();
  return out;
}

bool IsList(const Json& json) {
  const auto is = [&](const char* field, const char* text) {
    const auto at = json.find(field);
    return at != json.end() && at->is_string() && at->get_ref<const std::string&>() == text;
  };
  return json.is_object() && is("kind", "List") && is("apiVersion", "v1");
}

const LineTree* MarkOf(const LineTree* lines, const std::string& member) {
  if (lines == nullptr) return nullptr;
  const auto at = lines->members.find(member);
  return at == lines->members.end() ? nullptr : &at->second;
}

void DecodeAll(const Json& json, const LineTree* lines, const Source& source, int depth, std::vector<Decoded>& out) {
  if (!IsList(json)) {
    if (std::optional<Decoded> one = DecodeOne(json, source)) out.push_back(*std::move(one));
    return;
  }
  const Json* items = FindMember(json, "items");
  if (items == nullptr) return;
  if (!items->is_array() || depth >= kDeepestList) {
    const char* what = items->is_array() ? "nested too deep" : "must be a list";
    out.push_back(
        {{"", "List", {}}, source, Outcome::kInvalid, std::nullopt, {{FieldErrors::Weight::kError, "items", what}}});
    return;
  }
  const LineTree* marks = MarkOf(lines, "items");
  for (size_t i = 0; i < items->size(); ++i) {
    const LineTree* mark = MarkOf(marks, std::to_string(i));
    DecodeAll((*items)[i], mark, {source.file, mark != nullptr ? mark->line : source.line}, depth + 1, out);
  }
}

}  // namespace

std::vector<Decoded> Decode(const YamlDocument& document, const std::string& file) {
  std::vector<Decoded> out;
  DecodeAll(document.value, &document.lines, {file, document.lines.line}, 0, out);
  return out;
}

std::optional<std::string_view> WantedVersion(std::string_view group, std::string_view kind) {
  if (const KindRow* row = FindKind(group, kind)) return row->version;
  if (!IsUnbuilt(group, kind)) return std::nullopt;
  return group == kEmissary ? "v3alpha1" : "";
}

std::vector<std::string_view> WantedGroups() {
  std::vector<std::string_view> groups;
  for (const KindRow& row : kKinds) groups.push_back(row.group);
  for (const UnbuiltKind& row : kUnbuilt) groups.push_back(row.group);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

}  // namespace nuncio::resource
