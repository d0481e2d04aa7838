#pragma once

#include <optional>

#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/secrets.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// How a Host terminates TLS.
struct HostTermination {
  bool usable = true;              // false: the Host must be left out; there is a finding that says why
  std::optional<TlsSettings> tls;  // unset: cleartext only
};

// The order of reference 1.3: only with a tlsSecret; then the TLSContext it names, its own `tls`, a TLSContext named
// "<host>-context", or nothing but the certificate.
HostTermination ResolveHostTls(Context& context, SecretReader& secrets, const TlsContexts& contexts,
                               const resource::Host& host, const std::string& hostname);

}  // namespace nuncio::translate::emissary
