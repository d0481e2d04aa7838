#include "nuncio/translate/emissary/host_tls.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/tls_source.h"

namespace nuncio::translate::emissary {
namespace {

constexpr char kLeftOut[] = "the Host is left out";
constexpr char kSecretField[] = "spec.tlsSecret.name";
constexpr char kContextField[] = "spec.tlsContext.name";

// In the Host's namespace unless it says another. A name with a dot is first looked for as it stands, then as
// "name.namespace".
resource::ObjectKey SecretOf(const Context& context, const SecretReader& secrets, const resource::Host& host) {
  const resource::SecretReference& reference = *host.tls_secret;
  const resource::ObjectKey literal{reference.ns.empty() ? host.meta.ns : reference.ns, reference.name};
  if (!reference.ns.empty() || secrets.Exists(literal)) return literal;
  return SecretKeyOf(reference.name, host.meta.ns, context.module.tls_secret_namespacing);
}

resource::TlsContext InlineSpec(const resource::Host& host, const std::string& hostname) {
  resource::TlsContext spec;
  spec.meta = host.meta;
  spec.hosts = {hostname};
  if (!host.tls) return spec;
  spec.cert_chain_file = host.tls->cert_chain_file;
  spec.private_key_file = host.tls->private_key_file;
  spec.ca_secret = host.tls->ca_secret;
  spec.cacert_chain_file = host.tls->cacert_chain_file;
  spec.crl_secret = host.tls->crl_secret;
  spec.cert_required = host.tls->cert_required;
  spec.alpn_protocols = host.tls->alpn_protocols;
  spec.min_tls_version = host.tls->min_tls_version;
  spec.max_tls_version = host.tls->max_tls_version;
  spec.cipher_suites = host.tls->cipher_suites;
  spec.ecdh_curves = host.tls->ecdh_curves;
  spec.sni = host.tls->sni;
  spec.redirect_cleartext_from = host.tls->redirect_cleartext_from;
  if (!host.tls_secret->ns.empty()) spec.secret_namespacing = true;
  return spec;
}

// The Host's certificate with what the TLSContext says about everything else.
HostTermination WithContext(Context& context, SecretReader& secrets, const TlsSettings& named,
                            const resource::Host& host, const std::string& hostname, const resource::ObjectKey& key) {
  const ir::Origin origin = OriginOf("Host", host.meta);
  TlsSettings settings = named;
  settings.certificate = secrets.Certificate(key, {origin, kSecretField, kLeftOut});
  if (!settings.certificate) return {false, std::nullopt};
  settings.certificate_owner = absl::StrCat("secret ", key.ns, "/", key.name);
  if (named.certificate && named.certificate_owner != settings.certificate_owner) {
    context.report.Error(origin, code::kHostInvalid, kContextField,
                         absl::StrCat("TLSContext ", named.name, " has the certificate of ", named.certificate_owner,
                                      " and the Host that of ", settings.certificate_owner, "; ", kLeftOut,
                                      " until they agree or the TLSContext names none"));
    return {false, std::nullopt};
  }
  const auto& hosts = named.hosts;
  if (!hosts.empty() && std::find(hosts.begin(), hosts.end(), hostname) == hosts.end() &&
      std::find(hosts.begin(), hosts.end(), host.meta.name) == hosts.end()) {
    context.report.Error(origin, code::kHostInvalid, kContextField,
                         absl::StrCat("TLSContext ", named.name, " does not list ", hostname,
                                      " in its hosts; it is used nevertheless: add it there"));
  }
  if (hosts.empty()) settings.hosts = {hostname};
  return {true, std::move(settings)};
}

HostTermination WithoutSecret(Context& context, const resource::Host& host) {
  const char* unused = host.tls ? "spec.tls" : host.tls_context->empty() ? nullptr : kContextField;
  if (unused != nullptr) {
    context.report.Warning(OriginOf("Host", host.meta), code::kFieldWithoutEffect, unused,
                           "has no effect without a tlsSecret; the Host is served in cleartext only");
  }
  return {};
}

}  // namespace

HostTermination ResolveHostTls(Context& context, SecretReader& secrets, const TlsContexts& contexts,
                               const resource::Host& host, const std::string& hostname) {
  const ir::Origin origin = OriginOf("Host", host.meta);
  if (host.tls && !host.tls_context->empty()) {
    context.report.Error(origin, code::kHostInvalid, "spec.tls",
                         absl::StrCat("cannot go with tlsContext; remove one of them; ", kLeftOut));
    return {false, std::nullopt};
  }
  if (!host.tls_secret || host.tls_secret->name.empty()) return WithoutSecret(context, host);
  const resource::ObjectKey key = SecretOf(context, secrets, host);
  if (!host.tls_context->empty()) {
    if (const TlsSettings* named = contexts.Find(host.tls_context)) {
      return WithContext(context, secrets, *named, host, hostname, key);
    }
    context.report.Error(origin, code::kTlsContextMissing, kContextField,
                         absl::StrCat("names TLSContext ", *host.tls_context,
                                      ", which does not exist or cannot be used; ", kLeftOut, " until it can"));
    return {false, std::nullopt};
  }
  const std::string own_name = host.meta.name + "-context";
  if (const TlsSettings* named = host.tls ? nullptr : contexts.Find(own_name)) {
    return WithContext(context, secrets, *named, host, hostname, key);
  }
  const TlsSource source{origin, "spec.tls", kSecretField, own_name, InlineSpec(host, hostname), key, false, kLeftOut};
  auto settings = ResolveTls(context, secrets, source);
  return {settings.has_value(), std::move(settings)};
}

}  // namespace nuncio::translate::emissary
