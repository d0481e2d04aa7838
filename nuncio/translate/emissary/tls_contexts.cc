#include "nuncio/translate/emissary/tls_contexts.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/selection.h"
#include "nuncio/translate/emissary/tls_source.h"

namespace nuncio::translate::emissary {
namespace {

// The contexts that Hosts refer to: by name, or by the name that a Host gives to a context of its own.
std::set<std::string> NamedByHosts(const Context& context) {
  std::set<std::string> names;
  for (const resource::Host* host : Mine(context.snapshot.hosts, context.options.ambassador_id)) {
    if (!host->tls_secret) continue;
    names.insert(host->tls_context->empty() ? host->meta.name + "-context" : *host->tls_context);
  }
  return names;
}

std::vector<TlsSource> SourcesOf(Context& context) {
  std::vector<TlsSource> sources = ReadTlsModule(context);
  const std::set<std::string> named_by_hosts = NamedByHosts(context);
  std::set<std::string> names;
  for (const TlsSource& source : sources) names.insert(source.name);
  for (const resource::TlsContext* object : Mine(context.snapshot.tls_contexts, context.options.ambassador_id)) {
    TlsSource source{OriginOf("TLSContext", object->meta), "spec", "", object->meta.name, *object, {}, false,
                     "the TLSContext is left out"};
    if (!names.insert(source.name).second) {
      source.name = VisitKey(object->meta);
      context.report.Warning(
          source.origin, code::kNameConflict, "metadata.name",
          absl::StrCat("is the name of another TLSContext of this instance too; refer to this one as \"", source.name,
                       "\""));
      names.insert(source.name);
    }
    source.host_brings_certificate = named_by_hosts.contains(source.name);
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace

TlsContexts ResolveTlsContexts(Context& context) {
  TlsContexts contexts;
  SecretReader secrets(context);
  std::optional<int64_t> redirect_from;
  for (const TlsSource& source : SourcesOf(context)) {
    const auto& from = source.spec.redirect_cleartext_from;
    if (from && redirect_from && *from != *redirect_from) {
      context.report.Error(source.origin, code::kTlsContextInvalid, source.field + ".redirect_cleartext_from",
                           absl::StrCat("is ", *redirect_from, " in another TLSContext; ", source.consequence));
      continue;
    }
    if (from) redirect_from = from;
    if (auto settings = ResolveTls(context, secrets, source)) contexts.Add(*std::move(settings));
  }
  return contexts;
}

ir::DownstreamTls DownstreamTlsOf(const TlsSettings& settings) {
  return {settings.certificate, settings.trust, settings.cert_required, settings.alpn, settings.parameters};
}

ir::UpstreamTls UpstreamTlsOf(const TlsSettings& settings) {
  return {settings.certificate, settings.trust, settings.sni, settings.alpn, settings.parameters};
}

}  // namespace nuncio::translate::emissary
