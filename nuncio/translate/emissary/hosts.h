#pragma once

#include <string>
#include <vector>

#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// A Host that takes part: its TLS found, its defaults filled in.
struct ActiveHost {
  Shared<ir::Origin> origin;
  std::string name;
  std::string ns;
  std::string hostname;  // "*" when the Host names none; may carry ":port"
  std::string domain;    // hostname in lower case: Envoy compares without case and refuses two that are equal so
  std::string sni;       // domain less a trailing ":port"
  resource::StringMap labels;
  Boxed<resource::StringMap> mapping_selector;  // matchLabels; unset: the Host has no selector
  resource::InsecureAction insecure_action = resource::InsecureAction::kRedirect;
  Boxed<TlsSettings> tls;  // for termination
};

// The Hosts of this instance, sorted by hostname, then name. Holds the default Host when there is no valid one.
std::vector<ActiveHost> ResolveHosts(Context& context, const TlsContexts& contexts);

}  // namespace nuncio::translate::emissary
