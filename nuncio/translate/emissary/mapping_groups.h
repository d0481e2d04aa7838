#pragma once

#include <string>
#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// The Mappings that match the same requests, as the routes they come to: one for each Mapping that gets a share, in
// order. What a virtual host adds (the X-Forwarded-Proto variants, the insecure action) is not in them.
struct MappingGroup {
  enum class HostScope {
    kNone,   // names no host: only a Host's mappingSelector takes it
    kGlob,   // `host_glob`
    kRegex,  // host_regex: whatever the Host's name; its mappingSelector still counts
    kEvery,  // one of the internal probes: whatever the Host
  };
  HostScope scope = HostScope::kNone;
  std::string host_glob;  // with kGlob
  resource::StringMap labels;          // merged metadata.labels, for a Host's mappingSelector
  bool acme_challenge = false;         // prefix is exactly "/.well-known/acme-challenge/": routed whatever the action
  std::vector<ir::RoutePtr> routes;
  std::vector<ir::Origin> origins;
};

// All groups in the total order of routes (emissary reference 3.4), the internal probes among them. Upstreams, endpoint
// sets and mirrors that the routes need are added to the model.
std::vector<MappingGroup> TranslateMappings(Context& context, const TlsContexts& contexts,
                                            const std::vector<ActiveHost>& hosts);

}  // namespace nuncio::translate::emissary
