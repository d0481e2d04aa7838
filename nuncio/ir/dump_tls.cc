#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {
namespace {

constexpr const char* kRedacted = "[redacted]";

Json DumpPem(const PemSource& pem, bool secret) {
  if (!pem.path.empty()) return {{"path", pem.path}};
  return secret ? Json(kRedacted) : Json(pem.inline_pem);
}

struct MaterialVisitor {
  DumpedObject& object;
  void operator()(const CertificateMaterial& certificate) const {
    object.Always("chain", DumpPem(certificate.chain, false)).Always("key", DumpPem(certificate.key, true));
  }
  void operator()(const TrustMaterial& trust) const {
    if (trust.authorities) object.Always("authorities", DumpPem(*trust.authorities, false));
    if (trust.revocations) object.Always("revocations", DumpPem(*trust.revocations, false));
  }
};

}  // namespace

Json Dump(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls10:
      return "1.0";
    case TlsVersion::kTls11:
      return "1.1";
    case TlsVersion::kTls12:
      return "1.2";
    case TlsVersion::kTls13:
      return "1.3";
  }
  return nullptr;
}

Json Dump(const TlsParameters& parameters) {
  return DumpedObject()
      .Member("minimum", parameters.minimum)
      .Member("maximum", parameters.maximum)
      .Member("cipher_suites", parameters.cipher_suites)
      .Member("ecdh_curves", parameters.ecdh_curves)
      .Take();
}

Json Dump(const Secret& secret) {
  DumpedObject object;
  object.Always("id", Dump(secret.id));
  std::visit(MaterialVisitor{object}, secret.material);
  return object.Member("origins", secret.origins).Take();
}

Json Dump(const DownstreamTls& tls) {
  return DumpedObject()
      .Member("certificate", tls.certificate)
      .Member("trust", tls.trust)
      .Member("require_client_certificate", tls.require_client_certificate)
      .Member("alpn", tls.alpn)
      .Member("parameters", tls.parameters)
      .Take();
}

Json Dump(const UpstreamTls& tls) {
  return DumpedObject()
      .Member("certificate", tls.certificate)
      .Member("trust", tls.trust)
      .Member("sni", tls.sni)
      .Member("alpn", tls.alpn)
      .Member("parameters", tls.parameters)
      .Take();
}

}  // namespace nuncio::ir
