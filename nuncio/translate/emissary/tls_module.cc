#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/config_reader.h"
#include "nuncio/translate/emissary/selection.h"
#include "nuncio/translate/emissary/tls_source.h"

namespace nuncio::translate::emissary {
namespace {

resource::TlsContext ReadContext(ConfigReader& entry, const resource::Module& module) {
  resource::TlsContext spec;
  spec.meta = module.meta;
  spec.secret = entry.String("secret").value_or("");
  spec.cert_chain_file = entry.String("cert_chain_file").value_or("");
  spec.private_key_file = entry.String("private_key_file").value_or("");
  spec.ca_secret = entry.String("ca_secret").value_or("");
  spec.cacert_chain_file = entry.String("cacert_chain_file").value_or("");
  spec.alpn_protocols = entry.String("alpn_protocols").value_or("");
  spec.cert_required = entry.Bool("cert_required");
  spec.min_tls_version = entry.String("min_tls_version").value_or("");
  spec.max_tls_version = entry.String("max_tls_version").value_or("");
  spec.cipher_suites = entry.Strings("cipher_suites").value_or(std::vector<std::string>{});
  spec.ecdh_curves = entry.Strings("ecdh_curves").value_or(std::vector<std::string>{});
  spec.sni = entry.String("sni").value_or("");
  spec.redirect_cleartext_from = entry.Integer("redirect_cleartext_from", 0, 65535);
  entry.Ignore("enabled");
  entry.ReportUnknown();
  return spec;
}

bool IsEnabled(ConfigReader& entry) { return entry.Bool("enabled").value_or(true); }

// The client part says how clients of the server context are verified. Emissary ignores a `secret` that stands here and
// takes "ambassador-cacert"; what was written is used.
void AddClient(ConfigReader& config, const resource::Module& module, resource::TlsContext& server) {
  auto client = config.Object("client");
  if (!client || !IsEnabled(*client)) return;
  const resource::TlsContext spec = ReadContext(*client, module);
  server.cert_required = spec.cert_required;
  server.cacert_chain_file = spec.cacert_chain_file;
  server.ca_secret = spec.secret.empty() && spec.cacert_chain_file.empty() ? "ambassador-cacert" : spec.secret;
}

std::vector<TlsSource> ReadEntries(ConfigReader& config, const resource::Module& module, const ir::Origin& origin) {
  std::vector<TlsSource> sources;
  for (const std::string& name : config.Keys()) {
    auto entry = config.Object(name);
    if (!entry || name == "client" || !IsEnabled(*entry)) continue;
    TlsSource source{origin, config.PathOf(name),    "", name, ReadContext(*entry, module), {},
                     false,  "the entry is left out"};
    if (name == "server") {
      source.spec.hosts = {"*"};
      AddClient(config, module, source.spec);
      if (source.spec.secret.empty() && source.spec.cert_chain_file.empty()) source.spec.secret = "ambassador-certs";
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace

std::vector<TlsSource> ReadTlsModule(Context& context) {
  for (const resource::Module* module : Mine(context.snapshot.modules, context.options.ambassador_id)) {
    if (module->meta.name != "tls") continue;
    const ir::Origin origin = OriginOf("Module", module->meta);
    context.report.Notice(origin, code::kFieldWithoutEffect, "",
                          "the `tls` Module is deprecated; move its entries to TLSContexts and Hosts");
    ConfigReader config(*module->config, "spec.config", origin, context.report);
    return ReadEntries(config, *module, origin);
  }
  return {};
}

}  // namespace nuncio::translate::emissary
