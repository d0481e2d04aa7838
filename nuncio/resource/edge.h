#pragma once

#include "nuncio/base/boxed.h"
#include "nuncio/resource/emissary_common.h"
#include "nuncio/resource/meta.h"

namespace nuncio::resource {

// The kinds of getambassador.io/v3alpha1 that describe the edge: Listener, Host, TLSContext.

enum class ListenerProtocol { kHttp, kHttps, kHttpProxy, kHttpsProxy, kTcp, kTls, kUdp };
enum class ProtocolLayer { kHttp, kProxy, kTls, kTcp, kUdp };
enum class SecurityModel { kXfp, kSecure, kInsecure };
enum class NamespaceFrom { kSelf, kAll, kSelector };

struct Listener {
  Meta meta;
  AmbassadorId ambassador_id;
  int64_t port = 0;
  std::optional<ListenerProtocol> protocol;
  std::vector<ProtocolLayer> protocol_stack;
  SecurityModel security_model = SecurityModel::kXfp;
  std::string stats_prefix;
  int64_t l7_depth = 0;
  std::optional<int64_t> http2_max_concurrent_streams;
  std::optional<NamespaceFrom> bind_namespace;  // spec.hostBinding.namespace.from
  std::optional<LabelSelector> bind_selector;   // spec.hostBinding.selector

  bool operator==(const Listener&) const = default;
};

// The inline `tls` of a Host. Both snake_case and camelCase spellings are read.
struct HostTls {
  std::string cert_chain_file;
  std::string private_key_file;
  std::string ca_secret;
  std::string cacert_chain_file;
  std::string crl_secret;
  std::string alpn_protocols;
  std::optional<bool> cert_required;
  std::string min_tls_version;
  std::string max_tls_version;
  std::vector<std::string> cipher_suites;
  std::vector<std::string> ecdh_curves;
  std::optional<int64_t> redirect_cleartext_from;
  std::string sni;
  bool operator==(const HostTls&) const = default;
};

enum class InsecureAction { kRedirect, kReject, kRoute };

struct SecretReference {
  std::string name;
  std::string ns;
  bool operator==(const SecretReference&) const = default;
};

// There may be ten thousands: what few of them set is Rare or Boxed.
struct Host {
  Meta meta;
  AmbassadorId ambassador_id;
  std::string hostname;  // empty: "*"
  Boxed<LabelSelector> mapping_selector;
  Boxed<LabelSelector> selector;  // deprecated, used when mapping_selector is absent
  Boxed<SecretReference> tls_secret;
  Rare<std::string> tls_context;  // spec.tlsContext.name
  Boxed<HostTls> tls;
  std::optional<InsecureAction> insecure_action;  // spec.requestPolicy.insecure.action
  bool has_additional_port = false;               // without effect
  Rare<std::string> acme_private_key_secret;      // spec.acmeProvider.privateKeySecret.name
  bool has_acme_provider = false;                 // no ACME client
  bool has_preview_url = false;                   // without effect

  bool operator==(const Host&) const = default;
};

struct TlsContext {
  Meta meta;
  AmbassadorId ambassador_id;
  std::vector<std::string> hosts;
  std::string secret;
  std::string cert_chain_file;
  std::string private_key_file;
  std::string ca_secret;
  std::string cacert_chain_file;
  std::string crl_secret;
  std::optional<bool> cert_required;
  std::string alpn_protocols;
  std::string min_tls_version;
  std::string max_tls_version;
  std::vector<std::string> cipher_suites;
  std::vector<std::string> ecdh_curves;
  std::string sni;
  std::optional<bool> secret_namespacing;
  std::optional<int64_t> redirect_cleartext_from;

  bool operator==(const TlsContext&) const = default;
};

}  // namespace nuncio::resource
