#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/secrets.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// A TLSContext, or what stands in place of one: the `tls` of a Host, a Host's tlsSecret alone, an entry of the `tls`
// Module.
struct TlsSource {
  ir::Origin origin;
  std::string field;         // where its fields are: "spec", "spec.tls", "spec.config.server"
  std::string secret_field;  // where `spec.secret` was written; empty: below `field`
  std::string name;
  resource::TlsContext spec;
  std::optional<resource::ObjectKey> secret;  // the certificate's Secret, when known already; else `spec.secret`
  bool host_brings_certificate = false;       // a Host refers to it, so that it may lack one
  std::string consequence = "the TLSContext is left out";
};

// Finds and checks the material. nullopt, with a finding, when the source cannot be used.
std::optional<TlsSettings> ResolveTls(Context& context, SecretReader& secrets, const TlsSource& source);

// What stands in the deprecated Module named `tls`. Empty when there is none.
std::vector<TlsSource> ReadTlsModule(Context& context);

}  // namespace nuncio::translate::emissary
