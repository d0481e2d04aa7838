#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

#include "nuncio/base/text.h"
#include "nuncio/resource/conversion_fields.h"

namespace nuncio::resource {
namespace {

constexpr const char* kRemembered = "v2ExplicitTLS";

// "https://", or nothing.
std::string SchemeOf(const std::string& service) {
  const size_t colon = service.find("://");
  return colon == std::string::npos ? "" : service.substr(0, colon + 3);
}

bool IsHttps(const std::string& service) {
  std::string scheme = SchemeOf(service);
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return std::tolower(c); });
  return scheme == "https://";
}

std::string WithScheme(std::string_view scheme, const std::string& service) {
  return Cat(scheme, service.substr(SchemeOf(service).size()));
}

// How v2 spelled that there is no TLSContext; "" for something that is none of its spellings.
std::string SpellingOf(const Json& tls) {
  if (tls.is_boolean()) return tls.get<bool>() ? "bool:true" : "bool:false";
  if (tls.is_null()) return "null";
  return tls == "" ? "string" : "";
}

}  // namespace

void TlsToHub(Json& spec, const char* service_field, ServiceScheme scheme) {
  const auto tls = spec.find("tls");
  if (tls == spec.end()) return;
  const std::string spelling = SpellingOf(*tls);
  if (spelling.empty()) return;  // the name of a TLSContext, the same in both; or of a type that it must not have
  spec.erase(tls);
  Json remembered = {{"tls", spelling}};
  const auto service = spec.find(service_field);
  if (spelling == "bool:true" && service != spec.end() && service->is_string()) {
    const std::string written = service->get<std::string>();
    remembered["serviceScheme"] = SchemeOf(written);
    if (!IsHttps(written)) *service = WithScheme("https://", written);
    if (scheme == ServiceScheme::kNone) return;
  }
  spec[kRemembered] = std::move(remembered);
}

void TlsFromHub(Json& spec, const char* service_field, ServiceScheme scheme) {
  const Json remembered = spec.value(kRemembered, Json());
  spec.erase(kRemembered);
  const auto tls = spec.find("tls");
  if (tls != spec.end() && SpellingOf(*tls).empty()) return;
  if (tls != spec.end()) spec.erase(tls);
  const Json spelling = remembered.is_object() ? remembered.value("tls", Json()) : Json();
  const auto service = spec.find(service_field);
  const bool https = service != spec.end() && service->is_string() && IsHttps(service->get<std::string>());
  if (https && (scheme == ServiceScheme::kNone || spelling == "bool:true")) {
    spec["tls"] = true;
    const Json written = scheme == ServiceScheme::kNone ? Json("") : remembered.value("serviceScheme", Json());
    if (written.is_string() && SchemeOf(written.get<std::string>()) == written.get<std::string>()) {
      *service = WithScheme(written.get<std::string>(), service->get<std::string>());
    }
  } else if (spelling == "bool:false") {
    spec["tls"] = false;
  } else if (spelling == "string") {
    spec["tls"] = "";
  } else if (spelling == "null") {
    spec["tls"] = nullptr;
  }
}

}  // namespace nuncio::resource
