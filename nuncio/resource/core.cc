#include "nuncio/resource/core.h"

#include "absl/strings/escaping.h"
#include "nuncio/base/record.h"
#include "nuncio/resource/kind_decoders.h"

namespace nuncio::resource {
namespace {

// A port by number or by name.
void LoadTargetPort(const Json& json, ServicePort& out, FieldErrors& errors) {
  if (json.is_number_integer()) {
    out.target_port = json.dump();
  } else {
    Load(json, out.target_port, errors);
  }
}

void LoadData(const Json& json, Secret& out, FieldErrors& errors) {
  std::map<std::string, std::string> encoded;
  Load(json, encoded, errors);
  for (const auto& [key, text] : encoded) {
    std::string bytes;
    if (!absl::Base64Unescape(text, &bytes)) {
      FieldErrors::Scope scope(errors, "[" + PathKey(key) + "]");
      errors.AddError("is not base64; text as it is goes into stringData");
    }
    // stringData wins, whichever stands first.
    out.data.try_emplace(key, std::move(bytes));
  }
}

void LoadStringData(const Json& json, Secret& out, FieldErrors& errors) {
  std::map<std::string, std::string> texts;
  Load(json, texts, errors);
  for (auto& [key, text] : texts) out.data.insert_or_assign(key, std::move(text));
}

}  // namespace

// The objects have many fields that are none of a gateway's business, so unknown ones are not mentioned.
constexpr auto FieldsOf(const ServicePort*) {
  return OpenRecord(Optional("name", &ServicePort::name), Optional("protocol", &ServicePort::protocol),
                    Required("port", &ServicePort::port).In(1, 65535),
                    CustomField<ServicePort>{"targetPort", LoadTargetPort},
                    Optional("appProtocol", &ServicePort::app_protocol));
}
constexpr auto FieldsOf(const Service*) {
  return OpenRecord(OpenGroup("spec", Optional("type", &Service::type), Optional("clusterIP", &Service::cluster_ip),
                              Optional("externalName", &Service::external_name), Optional("ports", &Service::ports)));
}
constexpr auto FieldsOf(const Secret*) {
  return OpenRecord(Optional("type", &Secret::type), CustomField<Secret>{"stringData", LoadStringData},
                    CustomField<Secret>{"data", LoadData});
}
constexpr auto FieldsOf(const EndpointSlice::Port*) {
  using P = EndpointSlice::Port;
  return OpenRecord(Optional("name", &P::name), Optional("protocol", &P::protocol),
                    Optional("port", &P::port).In(1, 65535));
}
constexpr auto FieldsOf(const EndpointSlice::Endpoint*) {
  using E = EndpointSlice::Endpoint;
  return OpenRecord(Required("addresses", &E::addresses), Optional("zone", &E::zone),
                    OpenGroup("conditions", Optional("ready", &E::ready), Optional("serving", &E::serving),
                              Optional("terminating", &E::terminating)));
}
constexpr auto FieldsOf(const EndpointSlice*) {
  using S = EndpointSlice;
  return OpenRecord(Required("addressType", &S::address_type), Optional("ports", &S::ports),
                    Optional("endpoints", &S::endpoints));
}

void DecodeKind(const Json& object, Service& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json& object, Secret& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json&, Namespace&, FieldErrors&) {}
void DecodeKind(const Json& object, EndpointSlice& out, FieldErrors& errors) {
  Load(object, out, errors);
  const auto label = out.meta.labels->find("kubernetes.io/service-name");
  if (label != out.meta.labels->end()) out.service = label->second;
}

}  // namespace nuncio::resource
