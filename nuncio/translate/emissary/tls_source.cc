#include "nuncio/translate/emissary/tls_source.h"

#include <functional>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nuncio/base/nearest.h"
#include "nuncio/base/text.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/ir/tls_parameters.h"

namespace nuncio::translate::emissary {
namespace {

constexpr size_t kMaxAlpnBytes = 255;  // RFC 7301, 3.1

// One run over one source. Every function reports what is wrong and returns false when the source cannot be used.
class Resolution {
 public:
  Resolution(Context& context, SecretReader& secrets, const TlsSource& source)
      : context_(context), secrets_(secrets), source_(source), spec_(source.spec) {}

  std::optional<TlsSettings> Run() {
    settings_.origin = source_.origin;
    settings_.name = source_.name;
    settings_.hosts = spec_.hosts;
    settings_.cert_required = spec_.cert_required;
    settings_.sni = spec_.sni;
    if (!Versions() || !CipherSuites() || !Curves() || !Alpn() || !Certificate() || !Trust()) return std::nullopt;
    if (spec_.redirect_cleartext_from) {
      context_.report.Notice(source_.origin, code::kFieldWithoutEffect, Path("redirect_cleartext_from"),
                             "has no effect since Emissary 2.0; use requestPolicy.insecure of a Host");
    }
    return std::move(settings_);
  }

 private:
  std::string Path(const char* field) const { return absl::StrCat(source_.field, ".", field); }

  bool Error(const char* field, std::string message) {
    context_.report.Error(source_.origin, code::kTlsContextInvalid, Path(field),
                          absl::StrCat(message, "; ", source_.consequence));
    return false;
  }

  bool Version(const char* field, const std::string& text, std::optional<ir::TlsVersion>& version) {
    static const std::map<std::string, ir::TlsVersion> kVersions = {{"v1.0", ir::TlsVersion::kTls10},
                                                                    {"v1.1", ir::TlsVersion::kTls11},
                                                                    {"v1.2", ir::TlsVersion::kTls12},
                                                                    {"v1.3", ir::TlsVersion::kTls13}};
    if (text.empty()) return true;
    const auto at = kVersions.find(text);
    if (at == kVersions.end()) return Error(field, "must be v1.0, v1.1, v1.2 or v1.3");
    version = at->second;
    return true;
  }

  bool Versions() {
    if (!Version("min_tls_version", spec_.min_tls_version, settings_.parameters.minimum)) return false;
    if (!Version("max_tls_version", spec_.max_tls_version, settings_.parameters.maximum)) return false;
    if (settings_.parameters.minimum && settings_.parameters.maximum &&
        *settings_.parameters.minimum > *settings_.parameters.maximum) {
      return Error("min_tls_version", "is above max_tls_version");
    }
    return true;
  }

  // An element of a list is left out, with an error; false when that was the last one: Envoy's own choice would be
  // wider than what was written.
  bool Keep(const char* field, const std::vector<std::string>& written, std::vector<std::string>& kept,
            const std::function<std::string(const std::string&)>& problem_of) {
    for (size_t i = 0; i < written.size(); ++i) {
      const std::string problem = problem_of(written[i]);
      if (problem.empty()) {
        kept.push_back(written[i]);
      } else {
        context_.report.Error(source_.origin, code::kTlsContextInvalid, absl::StrCat(Path(field), "[", i, "]"),
                              absl::StrCat(problem, "; it is left out"));
      }
    }
    return written.empty() || !kept.empty() || Error(field, "names nothing that Envoy knows");
  }

  bool CipherSuites() {
    for (const std::string& element : spec_.cipher_suites) {
      if (!element.starts_with('!') && !element.starts_with('-')) continue;
      return Error("cipher_suites",
                   absl::StrCat("excludes with \"", element, "\", which is not taken: list what is wanted"));
    }
    return Keep("cipher_suites", spec_.cipher_suites, settings_.parameters.cipher_suites,
                [](const std::string& element) -> std::string {
                  if (ir::IsCipherSuite(element)) return "";
                  const std::string_view near = Nearest(element, ir::CipherSuites());
                  return Cat("holds \"", element, "\", which is no cipher suite below TLS 1.3 that Envoy knows",
                             near.empty() ? "" : Cat(", did you mean ", near, "?"));
                });
  }

  bool Curves() {
    std::set<std::string_view> taken;
    return Keep("ecdh_curves", spec_.ecdh_curves, settings_.parameters.ecdh_curves,
                [&](const std::string& name) -> std::string {
                  const std::string_view curve = ir::CurveOf(name);
                  if (curve.empty()) return Cat("holds \"", name, "\", which is no curve that Envoy knows");
                  return taken.insert(curve).second ? "" : Cat("holds ", curve, " twice");
                });
  }

  bool Alpn() {
    for (std::string protocol : std::vector<std::string>(absl::StrSplit(spec_.alpn_protocols, ','))) {
      absl::StripAsciiWhitespace(&protocol);
      if (protocol.size() > kMaxAlpnBytes) return Error("alpn_protocols", "names a protocol of more than 255 bytes");
      if (!protocol.empty()) settings_.alpn.push_back(std::move(protocol));
    }
    return true;
  }

  bool Namespacing() const { return spec_.secret_namespacing.value_or(context_.module.tls_secret_namespacing); }

  SecretUse Use(const char* field) const { return {source_.origin, Path(field), source_.consequence}; }

  bool Certificate() {
    if ((source_.secret || !spec_.secret.empty()) && !spec_.cert_chain_file.empty()) {
      return Error("cert_chain_file", "cannot go with a secret; remove one of them");
    }
    if (!spec_.cert_chain_file.empty() && spec_.private_key_file.empty()) {
      return Error("private_key_file", "is required beside cert_chain_file");
    }
    if (source_.secret || !spec_.secret.empty()) return CertificateOfSecret();
    if (!spec_.cert_chain_file.empty()) return CertificateOfFiles();
    if (!settings_.hosts.empty() && !source_.host_brings_certificate) {
      return Error("secret", "or cert_chain_file is required, as `hosts` makes this a context for termination");
    }
    return true;
  }

  bool CertificateOfSecret() {
    secret_ = source_.secret ? *source_.secret : SecretKeyOf(spec_.secret, spec_.meta.ns, Namespacing());
    SecretUse use = Use("secret");
    if (!source_.secret_field.empty()) use.field = source_.secret_field;
    // The two fields keep a context alive that originates TLS (reference 1.5).
    const bool dispensable = settings_.hosts.empty() && (spec_.redirect_cleartext_from || !settings_.alpn.empty());
    if (dispensable) use.consequence = "it is used without a certificate";
    settings_.certificate = secrets_.Certificate(*secret_, use);
    if (settings_.certificate) {
      settings_.certificate_owner = absl::StrCat("secret ", secret_->ns, "/", secret_->name);
      return true;
    }
    return dispensable;
  }

  // Envoy reads the files where it runs, so whether they exist is not known here.
  bool CertificateOfFiles() {
    ir::Secret material;
    material.id.value = OwnId("certificate");
    material.material = ir::CertificateMaterial{{"", spec_.cert_chain_file}, {"", spec_.private_key_file}};
    settings_.certificate = context_.builder.AddSecret(std::move(material), source_.origin);
    settings_.certificate_owner = absl::StrCat("file ", spec_.cert_chain_file);
    return true;
  }

  std::string OwnId(const char* what) const {
    return absl::StrCat(source_.origin.kind, "/", source_.origin.ns, "/", source_.origin.name, "/", source_.name, "/",
                        what);
  }

  bool Trust() {
    ir::TrustMaterial trust;
    std::string id;
    const bool asks_for_trust = !spec_.ca_secret.empty() || !spec_.cacert_chain_file.empty();
    const char* field = spec_.ca_secret.empty() ? "cacert_chain_file" : "ca_secret";
    if (asks_for_trust && !settings_.certificate && !source_.host_brings_certificate) {
      return Error(field, "needs a certificate in the same context");
    }
    if (!spec_.ca_secret.empty()) {
      const resource::ObjectKey key = SecretKeyOf(spec_.ca_secret, spec_.meta.ns, Namespacing());
      trust.authorities = secrets_.Authorities(key, Use(field));
      if (!trust.authorities) return false;
      id = absl::StrCat("secret/", key.ns, "/", key.name, "/trust");
    } else if (!spec_.cacert_chain_file.empty()) {
      trust.authorities = ir::PemSource{"", spec_.cacert_chain_file};
      id = OwnId("trust");
    } else if (secret_) {
      trust.authorities = secrets_.BundledAuthorities(*secret_);
      id = absl::StrCat("secret/", secret_->ns, "/", secret_->name, "/bundled-trust");
    }
    if (!Revocations(trust, id)) return false;
    if (!trust.authorities && settings_.cert_required.value_or(false)) {
      context_.report.Warning(source_.origin, code::kTlsContextInvalid, Path("cert_required"),
                              "asks for a certificate that nobody checks, since there is no CA; name a ca_secret");
    }
    if (!trust.authorities) return true;
    settings_.trust = context_.builder.AddSecret({{id}, trust, {}}, source_.origin);
    return true;
  }

  bool Revocations(ir::TrustMaterial& trust, std::string& id) {
    if (spec_.crl_secret.empty()) return true;
    if (!trust.authorities) return Error("crl_secret", "needs a ca_secret or cacert_chain_file in the same context");
    const resource::ObjectKey key = SecretKeyOf(spec_.crl_secret, spec_.meta.ns, Namespacing());
    trust.revocations = secrets_.Revocations(key, Use("crl_secret"));
    absl::StrAppend(&id, "/revocations/", key.ns, "/", key.name);
    return trust.revocations.has_value();
  }

  Context& context_;
  SecretReader& secrets_;
  const TlsSource& source_;
  const resource::TlsContext& spec_;
  TlsSettings settings_;
  std::optional<resource::ObjectKey> secret_;
};

}  // namespace

std::optional<TlsSettings> ResolveTls(Context& context, SecretReader& secrets, const TlsSource& source) {
  return Resolution(context, secrets, source).Run();
}

}  // namespace nuncio::translate::emissary
