#include "nuncio/resource/module.h"

#include "nuncio/resource/emissary_fields.h"
#include "nuncio/resource/kind_decoders.h"

namespace nuncio::resource {
namespace {

void LoadConfig(const Json& json, Module& out, FieldErrors& errors) {
  if (!json.is_object()) return errors.AddError(MustBe("an object", json));
  out.config = std::make_shared<const Json>(json);
}

}  // namespace

constexpr auto FieldsOf(const Module*) {
  return Kind(AmbassadorIdField<Module>(), CustomField<Module>{"config", LoadConfig, true});
}
constexpr auto FieldsOf(const KubernetesServiceResolver*) {
  return Kind(AmbassadorIdField<KubernetesServiceResolver>());
}
constexpr auto FieldsOf(const KubernetesEndpointResolver*) {
  return Kind(AmbassadorIdField<KubernetesEndpointResolver>());
}

bool Module::operator==(const Module& other) const {
  return meta == other.meta && ambassador_id == other.ambassador_id && *config == *other.config;
}

void DecodeKind(const Json& object, Module& out, FieldErrors& errors) {
  Load(object, out, errors);
  if (out.config == nullptr) out.config = std::make_shared<const Json>(Json::object());
}
void DecodeKind(const Json& object, KubernetesServiceResolver& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json& object, KubernetesEndpointResolver& out, FieldErrors& errors) { Load(object, out, errors); }

}  // namespace nuncio::resource
