#include "nuncio/resource/edge.h"

#include "nuncio/resource/emissary_fields.h"
#include "nuncio/resource/kind_decoders.h"

namespace nuncio::resource {
namespace {

constexpr std::array<std::string_view, 4> kTlsVersions = {"v1.0", "v1.1", "v1.2", "v1.3"};

template <typename E>
using Spelling = std::pair<E, std::string_view>;

}  // namespace

constexpr auto NamesOf(ListenerProtocol) {
  using enum ListenerProtocol;
  using Name = Spelling<ListenerProtocol>;
  return std::array{Name{kHttp, "HTTP"},
                    Name{kHttps, "HTTPS"},
                    Name{kHttpProxy, "HTTPPROXY"},
                    Name{kHttpsProxy, "HTTPSPROXY"},
                    Name{kTcp, "TCP"},
                    Name{kTls, "TLS"},
                    Name{kUdp, "UDP"}};
}
constexpr auto NamesOf(ProtocolLayer) {
  using enum ProtocolLayer;
  using Name = Spelling<ProtocolLayer>;
  return std::array{Name{kHttp, "HTTP"}, Name{kProxy, "PROXY"}, Name{kTls, "TLS"}, Name{kTcp, "TCP"},
                    Name{kUdp, "UDP"}};
}
constexpr auto NamesOf(SecurityModel) {
  using enum SecurityModel;
  using Name = Spelling<SecurityModel>;
  return std::array{Name{kXfp, "XFP"}, Name{kSecure, "SECURE"}, Name{kInsecure, "INSECURE"}};
}
constexpr auto NamesOf(NamespaceFrom) {
  using enum NamespaceFrom;
  using Name = Spelling<NamespaceFrom>;
  return std::array{Name{kSelf, "SELF"}, Name{kAll, "ALL"}, Name{kSelector, "SELECTOR"}};
}
constexpr auto NamesOf(InsecureAction) {
  using enum InsecureAction;
  using Name = Spelling<InsecureAction>;
  return std::array{Name{kRedirect, "Redirect"}, Name{kReject, "Reject"}, Name{kRoute, "Route"}};
}

constexpr auto FieldsOf(const Listener*) {
  using L = Listener;
  return Kind(AmbassadorIdField<L>(), Required("port", &L::port).In(1, 65535), Optional("protocol", &L::protocol),
              Optional("protocolStack", &L::protocol_stack), Required("securityModel", &L::security_model),
              Optional("statsPrefix", &L::stats_prefix), Optional("l7Depth", &L::l7_depth).In(0, kMaxUint32),
              Optional("http2MaxConcurrentStreams", &L::http2_max_concurrent_streams).In(1, kMaxUint32),
              Group("hostBinding", Group("namespace", Optional("from", &L::bind_namespace)),
                    Optional("selector", &L::bind_selector)));
}
void CheckRecord(const Listener& listener, FieldErrors& errors) {
  FieldErrors::Scope spec(errors, ".spec");
  FieldErrors::Scope binding(errors, ".hostBinding");
  if (!listener.bind_namespace && !listener.bind_selector) {
    errors.AddError("is required: namespace.from, selector.matchLabels, or both");
  }
}

constexpr auto FieldsOf(const SecretReference*) {
  return Record(Optional("name", &SecretReference::name), Optional("namespace", &SecretReference::ns));
}
constexpr auto FieldsOf(const HostTls*) {
  using T = HostTls;
  return Record(Optional("cert_chain_file", &T::cert_chain_file).Also("certChainFile"),
                Optional("private_key_file", &T::private_key_file).Also("privateKeyFile"),
                Optional("ca_secret", &T::ca_secret).Also("caSecret"),
                Optional("cacert_chain_file", &T::cacert_chain_file).Also("cacertChainFile"),
                Optional("crl_secret", &T::crl_secret).Also("crlSecret"),
                Optional("alpn_protocols", &T::alpn_protocols).Also("alpnProtocols"),
                Optional("cert_required", &T::cert_required).Also("certRequired"),
                Optional("min_tls_version", &T::min_tls_version).Also("minTLSVersion"),
                Optional("max_tls_version", &T::max_tls_version).Also("maxTLSVersion"),
                Optional("cipher_suites", &T::cipher_suites).Also("cipherSuites"),
                Optional("ecdh_curves", &T::ecdh_curves).Also("ecdhCurves"),
                Optional("redirect_cleartext_from", &T::redirect_cleartext_from).Also("redirectCleartextFrom"),
                Optional("sni", &T::sni));
}
constexpr auto FieldsOf(const Host*) {
  using H = Host;
  return Kind(AmbassadorIdField<H>(), Optional("hostname", &H::hostname),
              Optional("mappingSelector", &H::mapping_selector), Optional("selector", &H::selector),
              Optional("tlsSecret", &H::tls_secret), Group("tlsContext", Optional("name", &H::tls_context)),
              Optional("tls", &H::tls),
              Group("requestPolicy", Group("insecure", Optional("action", &H::insecure_action),
                                           Present("additionalPort", &H::has_additional_port))),
              Present("acmeProvider", &H::has_acme_provider),
              Group("acmeProvider", Known("authority"), Known("email"), Known("registration"),
                    Group("privateKeySecret", Optional("name", &H::acme_private_key_secret), Known("namespace"))),
              Present("previewUrl", &H::has_preview_url));
}

constexpr auto FieldsOf(const TlsContext*) {
  using T = TlsContext;
  return Kind(AmbassadorIdField<T>(), Optional("hosts", &T::hosts), Optional("secret", &T::secret),
              Optional("cert_chain_file", &T::cert_chain_file), Optional("private_key_file", &T::private_key_file),
              Optional("ca_secret", &T::ca_secret), Optional("cacert_chain_file", &T::cacert_chain_file),
              Optional("crl_secret", &T::crl_secret), Optional("cert_required", &T::cert_required),
              Optional("alpn_protocols", &T::alpn_protocols),
              Optional("min_tls_version", &T::min_tls_version).OneOf(kTlsVersions),
              Optional("max_tls_version", &T::max_tls_version).OneOf(kTlsVersions),
              Optional("cipher_suites", &T::cipher_suites), Optional("ecdh_curves", &T::ecdh_curves),
              Optional("sni", &T::sni), Optional("secret_namespacing", &T::secret_namespacing),
              Optional("redirect_cleartext_from", &T::redirect_cleartext_from));
}

void DecodeKind(const Json& object, Listener& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json& object, Host& out, FieldErrors& errors) { Load(object, out, errors); }
void DecodeKind(const Json& object, TlsContext& out, FieldErrors& errors) { Load(object, out, errors); }

}  // namespace nuncio::resource
