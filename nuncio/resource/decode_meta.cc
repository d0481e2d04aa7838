#include "nuncio/resource/decode_meta.h"

#include <algorithm>

#include "nuncio/base/record.h"
#include "nuncio/base/text.h"

namespace nuncio::resource {
namespace {

bool IsNameCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

// DNS-1123 as far as it matters here: what goes into names, logs and file-like ids is short and harmless.
void CheckName(std::string_view field, std::string_view name, size_t longest, FieldErrors& errors) {
  FieldErrors::Scope scope(errors, Cat(".", field));
  if (name.size() > longest) return errors.AddError(Cat("must have at most ", longest, " characters"));
  const bool well_formed = !name.empty() && std::all_of(name.begin(), name.end(), IsNameCharacter) &&
                           std::string_view("-.").find(name.front()) == std::string_view::npos &&
                           std::string_view("-.").find(name.back()) == std::string_view::npos;
  if (!well_formed) {
    errors.AddError(
        "must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit");
  }
}

}  // namespace

// An object that the API server would refuse is refused here too.
template <typename T>
constexpr auto Unkept(std::string_view key) {
  return CustomField<Meta>{key, [](const Json& json, Meta&, FieldErrors& errors) {
                             T unkept;
                             Load(json, unkept, errors);
                           }};
}
constexpr auto FieldsOf(const Meta*) {
  return OpenRecord(Required("name", &Meta::name), Optional("namespace", &Meta::ns), Optional("labels", &Meta::labels),
                    Unkept<std::map<std::string, std::string>>("annotations"),
                    Optional("generation", &Meta::generation), Optional("uid", &Meta::uid),
                    Unkept<std::string>("creationTimestamp"));
}

Meta DecodeMeta(const Json& object, bool namespaced, FieldErrors& errors) {
  Meta meta;
  FieldErrors::Scope scope(errors, ".metadata");
  const Json* json = FindMember(object, "metadata");
  if (json == nullptr) {
    errors.AddError("is required, with the object's name");
    return meta;
  }
  const size_t before = errors.entries().size();
  Load(*json, meta, errors);
  if (errors.entries().size() == before) CheckName("name", meta.name, 253, errors);
  if (!namespaced) {
    meta.ns.clear();
  } else if (meta.ns.empty()) {
    meta.ns = "default";
  } else {
    CheckName("namespace", meta.ns, 63, errors);
  }
  return meta;
}

}  // namespace nuncio::resource
