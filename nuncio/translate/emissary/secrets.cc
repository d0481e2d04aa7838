#include "nuncio/translate/emissary/secrets.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "nuncio/base/certificates.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/resource/secret_pair.h"

namespace nuncio::translate::emissary {
namespace {

std::string NameOf(const resource::ObjectKey& key) { return absl::StrCat(key.ns, "/", key.name); }

bool IsTlsType(const std::string& type) {
  return type == "Opaque" || type == "kubernetes.io/tls" || type == "istio.io/key-and-cert" || type.empty();
}

std::string Date(int64_t unix_seconds) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
}

void ReportDates(Context& context, const resource::Secret& secret, const std::string& key, const std::string& pem) {
  if (context.options.now == 0) return;
  const auto validity = CheckChain(pem);
  if (!validity.ok()) return;
  const ir::Origin origin = OriginOf("Secret", secret.meta);
  const std::string field = absl::StrCat("data[", key, "]");
  for (const int64_t moment : {validity->not_before, validity->not_after + 1}) {
    if (moment > context.options.now) context.report.HoldsUntil(moment);
  }
  if (validity->not_after < context.options.now) {
    context.report.Error(origin, code::kCertificateExpired, field,
                         absl::StrCat("expired at ", Date(validity->not_after),
                                      "; it is still served, and clients will refuse it: renew it"));
  } else if (validity->not_before > context.options.now) {
    context.report.Warning(origin, code::kCertificateNotYetValid, field,
                           absl::StrCat("is valid from ", Date(validity->not_before),
                                        "; it is served already, and clients will refuse it until then"));
  }
}

}  // namespace

resource::ObjectKey SecretKeyOf(std::string_view text, const std::string& own_namespace, bool namespacing) {
  const size_t dot = text.rfind('.');
  if (!namespacing || dot == std::string_view::npos) return {own_namespace, std::string(text)};
  return {std::string(text.substr(dot + 1)), std::string(text.substr(0, dot))};
}

const resource::Secret* SecretReader::Find(const resource::ObjectKey& key, const SecretUse& use) {
  const resource::Secret* secret = context_.snapshot.secrets.Find(key);
  if (secret == nullptr) {
    context_.report.Error(
        use.object, code::kSecretMissing, use.field,
        absl::StrCat("names Secret ", NameOf(key), ", which does not exist; ", use.consequence, " until it does"));
    return nullptr;
  }
  const bool usable = Usable(*secret,
                             IsTlsType(secret->type) ? ""
                                                     : absl::StrCat("is of type ", secret->type,
                                                                    ", which holds no certificate; make it one"
                                                                    " of type kubernetes.io/tls"),
                             use);
  return usable ? secret : nullptr;
}

bool SecretReader::Usable(const resource::Secret& secret, const std::string& problem, const SecretUse& use) {
  if (problem.empty()) return true;
  context_.report.Error(OriginOf("Secret", secret.meta), code::kSecretInvalid, "data", problem);
  context_.report.Error(use.object, code::kSecretInvalid, use.field,
                        absl::StrCat("Secret ", NameOf(secret.meta.key()), " cannot be used: ", problem, "; ",
                                     use.consequence, " until that is repaired"));
  return false;
}

const std::string& SecretReader::ProblemOfCertificate(const resource::Secret& secret) {
  const auto [at, is_new] = certificate_problems_.try_emplace(secret.meta.key());
  if (is_new) {
    at->second = resource::ProblemOfPair(secret);
    const char* chain = resource::PairEntriesOf(secret).chain;
    if (at->second.empty()) ReportDates(context_, secret, chain, *EntryOf(secret, chain));
  }
  return at->second;
}

std::optional<ir::SecretId> SecretReader::Certificate(const resource::ObjectKey& key, const SecretUse& use) {
  const resource::Secret* secret = Find(key, use);
  if (secret == nullptr || !Usable(*secret, ProblemOfCertificate(*secret), use)) return std::nullopt;
  const resource::PairEntries entries = resource::PairEntriesOf(*secret);
  ir::Secret material;
  material.id.value = absl::StrCat("secret/", NameOf(key), "/certificate");
  material.material =
      ir::CertificateMaterial{{*EntryOf(*secret, entries.chain), ""}, {*EntryOf(*secret, entries.key), ""}};
  return context_.builder.AddSecret(std::move(material), OriginOf("Secret", secret->meta));
}

std::optional<ir::PemSource> SecretReader::Authorities(const resource::ObjectKey& key, const SecretUse& use) {
  const resource::Secret* secret = Find(key, use);
  if (secret == nullptr) return std::nullopt;
  const char* name = EntryOf(*secret, "tls.crt") == nullptr ? "root-cert.pem" : "tls.crt";
  const std::string* pem = EntryOf(*secret, name);
  std::string problem;
  if (pem == nullptr) {
    problem = EntryOf(*secret, "ca.crt") == nullptr
                  ? "has no tls.crt, where the authorities are read from"
                  : "has its authorities in ca.crt, which is not read; put them in tls.crt";
  } else if (const auto validity = CheckChain(*pem); !validity.ok()) {
    problem = absl::StrCat(name, " ", validity.status().message());
  }
  if (!Usable(*secret, problem, use)) return std::nullopt;
  ReportDates(context_, *secret, name, *pem);
  return ir::PemSource{*pem, ""};
}

std::optional<ir::PemSource> SecretReader::BundledAuthorities(const resource::ObjectKey& key) {
  const resource::Secret* secret = context_.snapshot.secrets.Find(key);
  const std::string* pem = secret == nullptr ? nullptr : EntryOf(*secret, "root-cert.pem");
  if (pem == nullptr || EntryOf(*secret, "cert-chain.pem") == nullptr || !CheckChain(*pem).ok()) return std::nullopt;
  return ir::PemSource{*pem, ""};
}

std::optional<ir::PemSource> SecretReader::Revocations(const resource::ObjectKey& key, const SecretUse& use) {
  const resource::Secret* secret = Find(key, use);
  if (secret == nullptr) return std::nullopt;
  const std::string* pem = EntryOf(*secret, "crl.pem");
  std::string problem;
  if (pem == nullptr) {
    problem = "has no crl.pem";
  } else if (const auto status = CheckRevocations(*pem); !status.ok()) {
    problem = absl::StrCat("crl.pem ", status.message());
  }
  if (!Usable(*secret, problem, use)) return std::nullopt;
  return ir::PemSource{*pem, ""};
}

void SecretReader::AccountKey(const resource::ObjectKey& key, const SecretUse& use) { Find(key, use); }

}  // namespace nuncio::translate::emissary
