#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "nuncio/ir/tls.h"
#include "nuncio/resource/core.h"
#include "nuncio/translate/emissary/context.h"

namespace nuncio::translate::emissary {

// "name", or "name.namespace" when `namespacing` is on: split at the last dot (emissary reference 3.16).
resource::ObjectKey SecretKeyOf(std::string_view text, const std::string& own_namespace, bool namespacing);

// The field of an object that names a Secret, and what follows for the object when it cannot be used.
struct SecretUse {
  const ir::Origin& object;
  std::string field;
  std::string consequence;  // "the Host is left out"
};

// Finds the Secrets that objects name and checks what they hold; each is parsed once. What is wrong with one is a
// finding on the Secret and on each object that names it. A certificate that is out of date is reported and stays in
// use, as clients may judge it themselves. Not thread-safe; lives as long as one stage.
class SecretReader {
 public:
  explicit SecretReader(Context& context) : context_(context) {}

  bool Exists(const resource::ObjectKey& key) const { return context_.snapshot.secrets.Find(key) != nullptr; }

  // tls.crt and tls.key, or cert-chain.pem and key.pem as Istio writes them. Added to the model.
  std::optional<ir::SecretId> Certificate(const resource::ObjectKey& key, const SecretUse& use);
  // tls.crt of a CA secret; root-cert.pem of Istio.
  std::optional<ir::PemSource> Authorities(const resource::ObjectKey& key, const SecretUse& use);
  // root-cert.pem beside a certificate: Istio's own authority comes with it. nullopt when there is none.
  std::optional<ir::PemSource> BundledAuthorities(const resource::ObjectKey& key);
  // crl.pem
  std::optional<ir::PemSource> Revocations(const resource::ObjectKey& key, const SecretUse& use);
  // user.key: reported when absent, used for nothing.
  void AccountKey(const resource::ObjectKey& key, const SecretUse& use);

 private:
  const resource::Secret* Find(const resource::ObjectKey& key, const SecretUse& use);
  bool Usable(const resource::Secret& secret, const std::string& problem, const SecretUse& use);
  const std::string& ProblemOfCertificate(const resource::Secret& secret);

  Context& context_;
  std::map<resource::ObjectKey, std::string> certificate_problems_;  // empty: none
};

}  // namespace nuncio::translate::emissary
