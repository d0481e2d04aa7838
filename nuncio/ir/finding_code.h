#pragma once

#include <string_view>

namespace nuncio::code {

// The stable codes of findings: what a script or an alert may depend on. docs/findings.md explains each one; a test
// checks that none is missing there.
#define NUNCIO_FINDING_CODES(CODE)                            \
  /* what the source could not take */                        \
  CODE(kParse, "parse")                                       \
  CODE(kSchema, "schema")                                     \
  CODE(kUnknownField, "unknown-field")                        \
  CODE(kUnknownKind, "unknown-kind")                          \
  CODE(kUnsupportedVersion, "unsupported-version")            \
  CODE(kDuplicate, "duplicate")                               \
  CODE(kUnreadable, "unreadable")                             \
  /* any object */                                            \
  CODE(kNotBuilt, "not-built")                                \
  CODE(kNotSupported, "not-supported")                        \
  CODE(kFieldWithoutEffect, "field-without-effect")           \
  CODE(kRegexInvalid, "regex-invalid")                        \
  CODE(kFormatInvalid, "format-invalid")                      \
  CODE(kNameConflict, "name-conflict")                        \
  /* Module */                                                \
  CODE(kModuleInvalid, "module-invalid")                      \
  CODE(kModuleUnknownKey, "module-unknown-key")               \
  CODE(kModuleIgnored, "module-ignored")                      \
  /* Listener */                                              \
  CODE(kListenerInvalid, "listener-invalid")                  \
  CODE(kListenerConflict, "listener-conflict")                \
  CODE(kListenerUnused, "listener-unused")                    \
  CODE(kListenerMissing, "listener-missing")                  \
  /* Host */                                                  \
  CODE(kHostInvalid, "host-invalid")                          \
  CODE(kHostConflict, "host-conflict")                        \
  CODE(kHostUnused, "host-unused")                            \
  CODE(kHostMissing, "host-missing")                          \
  /* TLS */                                                   \
  CODE(kSecretMissing, "secret-missing")                      \
  CODE(kSecretInvalid, "secret-invalid")                      \
  CODE(kCertificateExpired, "certificate-expired")            \
  CODE(kCertificateNotYetValid, "certificate-not-yet-valid")  \
  CODE(kTlsContextMissing, "tls-context-missing")             \
  CODE(kTlsContextInvalid, "tls-context-invalid")             \
  /* Mapping and TCPMapping */                                \
  CODE(kMappingInvalid, "mapping-invalid")                    \
  CODE(kMappingConflict, "mapping-conflict")                  \
  CODE(kMappingUnreachable, "mapping-unreachable")            \
  CODE(kWeightInvalid, "weight-invalid")                      \
  CODE(kResolverMissing, "resolver-missing")                  \
  CODE(kServiceInvalid, "service-invalid")                    \
  CODE(kServiceMissing, "service-missing")                    \
  CODE(kServicePortMissing, "service-port-missing")           \
  CODE(kServiceWithoutEndpoints, "service-without-endpoints") \
  CODE(kAuthClosed, "auth-closed")                            \
  /* what Envoy's own rules refuse */                         \
  CODE(kEnvoyInvalid, "envoy-invalid")                        \
  CODE(kEnvoyRefused, "envoy-refused")

#define NUNCIO_DECLARE_CODE(name, text) inline constexpr std::string_view name = text;
NUNCIO_FINDING_CODES(NUNCIO_DECLARE_CODE)
#undef NUNCIO_DECLARE_CODE

}  // namespace nuncio::code
