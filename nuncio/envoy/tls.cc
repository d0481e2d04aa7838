#include "nuncio/envoy/tls.h"

#include <algorithm>

#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "nuncio/envoy/config_source.h"
#include "nuncio/envoy/names.h"

namespace nuncio::envoy {
namespace {

using ::envoy::extensions::transport_sockets::tls::v3::CommonTlsContext;
using Parameters = ::envoy::extensions::transport_sockets::tls::v3::TlsParameters;

Parameters::TlsProtocol ProtocolOf(ir::TlsVersion version) {
  switch (version) {
    case ir::TlsVersion::kTls10:
      return Parameters::TLSv1_0;
    case ir::TlsVersion::kTls11:
      return Parameters::TLSv1_1;
    case ir::TlsVersion::kTls12:
      return Parameters::TLSv1_2;
    case ir::TlsVersion::kTls13:
      return Parameters::TLSv1_3;
  }
  return Parameters::TLS_AUTO;
}

void SetParameters(const ir::TlsParameters& tls, Parameters* proto) {
  // A maximum below 1.2 asks for an old version as clearly as a minimum does; a minimum above it would be refused.
  const ir::TlsVersion minimum =
      tls.minimum.value_or(std::min(ir::TlsVersion::kTls12, tls.maximum.value_or(ir::TlsVersion::kTls12)));
  proto->set_tls_minimum_protocol_version(ProtocolOf(minimum));
  // Envoy's own maximum is 1.3 for servers; clients are given the same.
  proto->set_tls_maximum_protocol_version(ProtocolOf(tls.maximum.value_or(ir::TlsVersion::kTls13)));
  for (const std::string& suite : tls.cipher_suites) proto->add_cipher_suites(suite);
  for (const std::string& curve : tls.ecdh_curves) proto->add_ecdh_curves(curve);
}

void SetSecret(const ir::SecretId& id, pb::SdsSecretConfig* proto) {
  proto->set_name(SecretName(id));
  SetAds(proto->mutable_sds_config());
}

// `Tls` is a DownstreamTls or an UpstreamTls.
template <typename Tls>
void SetCommon(const Tls& tls, CommonTlsContext* proto) {
  SetParameters(tls.parameters, proto->mutable_tls_params());
  if (tls.certificate) SetSecret(*tls.certificate, proto->add_tls_certificate_sds_secret_configs());
  if (tls.trust) SetSecret(*tls.trust, proto->mutable_validation_context_sds_secret_config());
  for (const std::string& protocol : tls.alpn) proto->add_alpn_protocols(protocol);
}

}  // namespace

pb::DownstreamTlsContext MakeDownstreamTls(const ir::DownstreamTls& tls) {
  pb::DownstreamTlsContext proto;
  SetCommon(tls, proto.mutable_common_tls_context());
  if (tls.require_client_certificate) {
    proto.mutable_require_client_certificate()->set_value(*tls.require_client_certificate);
  }
  return proto;
}

pb::UpstreamTlsContext MakeUpstreamTls(const ir::UpstreamTls& tls) {
  pb::UpstreamTlsContext proto;
  SetCommon(tls, proto.mutable_common_tls_context());
  proto.set_sni(tls.sni);
  return proto;
}

}  // namespace nuncio::envoy
