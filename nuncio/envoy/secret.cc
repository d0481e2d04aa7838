#include "nuncio/envoy/secret.h"

#include "envoy/extensions/transport_sockets/tls/v3/secret.pb.h"
#include "nuncio/envoy/names.h"

namespace nuncio::envoy {
namespace {

// Bytes, not a string: comments around a certificate may be in any encoding.
void SetSource(const ir::PemSource& source, pb::DataSource* proto) {
  if (source.path.empty()) {
    proto->set_inline_bytes(source.inline_pem);
  } else {
    proto->set_filename(source.path);
  }
}

void SetMaterial(const ir::CertificateMaterial& material, pb::Secret* proto) {
  SetSource(material.chain, proto->mutable_tls_certificate()->mutable_certificate_chain());
  SetSource(material.key, proto->mutable_tls_certificate()->mutable_private_key());
}

void SetMaterial(const ir::TrustMaterial& material, pb::Secret* proto) {
  auto* context = proto->mutable_validation_context();
  if (material.authorities) SetSource(*material.authorities, context->mutable_trusted_ca());
  if (material.revocations) SetSource(*material.revocations, context->mutable_crl());
}

}  // namespace

pb::Secret MakeSecret(const ir::Secret& secret) {
  pb::Secret proto;
  proto.set_name(SecretName(secret.id));
  std::visit([&](const auto& material) { SetMaterial(material, &proto); }, secret.material);
  return proto;
}

}  // namespace nuncio::envoy
