#include "nuncio/resource/secret_names.h"

#include <nlohmann/json.hpp>
#include <set>

namespace nuncio::resource {
namespace {

using Names = std::set<ObjectKey>;

void Add(Names& names, const std::string& ns, const std::string& text) {
  if (text.empty()) return;
  names.insert({ns, text});
  const size_t dot = text.rfind('.');
  if (dot != std::string::npos) names.insert({text.substr(dot + 1), text.substr(0, dot)});
}

void Collect(const Host& host, Names& names) {
  const std::string& ns = host.meta.ns;
  if (host.tls_secret) Add(names, host.tls_secret->ns.empty() ? ns : host.tls_secret->ns, host.tls_secret->name);
  if (host.tls) {
    Add(names, ns, host.tls->ca_secret);
    Add(names, ns, host.tls->crl_secret);
  }
  Add(names, ns, host.acme_private_key_secret);
}

void Collect(const TlsContext& context, Names& names) {
  for (const std::string* name : {&context.secret, &context.ca_secret, &context.crl_secret}) {
    Add(names, context.meta.ns, *name);
  }
}

// The `tls` Module, with the names that it stands for when it gives none.
void Collect(const Module& module, Names& names) {
  if (module.meta.name != "tls") return;
  Add(names, module.meta.ns, "ambassador-certs");
  Add(names, module.meta.ns, "ambassador-cacert");
  for (const Json& entry : *module.config) {
    if (!entry.is_object()) continue;
    for (const char* field : {"secret", "ca_secret"}) {
      const auto at = entry.find(field);
      if (at != entry.end() && at->is_string()) Add(names, module.meta.ns, at->get<std::string>());
    }
  }
}

template <typename T>
void Collect(const T&, Names&) {}

}  // namespace

std::vector<ObjectKey> SecretsNamedBy(const Object& object) {
  Names names;
  std::visit([&](const auto& pointer) { Collect(*pointer, names); }, object);
  return {names.begin(), names.end()};
}

}  // namespace nuncio::resource
