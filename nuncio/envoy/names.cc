#include "nuncio/envoy/names.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace nuncio::envoy {
namespace {

// `part` without `separator`, reversibly, so that what is joined by the separator can be taken apart in one way only.
std::string Escape(const std::string& part, char separator) {
  const std::string escaped = separator == '-' ? "%2D" : "%2F";
  return absl::StrReplaceAll(part, {{"%", "%25"}, {std::string(1, separator), escaped}});
}

}  // namespace

std::string ClusterName(const ir::UpstreamId& upstream) {
  return absl::StrCat(upstream.name, "-", Escape(upstream.discriminator, '-'));
}

std::string SecretName(const ir::SecretId& secret) { return secret.value; }

std::string ListenerName(const ir::Listener& listener) { return listener.name; }

std::string FilterChainName(const ir::FilterChain& chain) { return chain.name; }

std::string RouteConfigurationName(const ir::Listener& listener, const ir::RouteTable& table) {
  return absl::StrCat(Escape(listener.name, '/'), "/", table.name);
}

std::string VirtualHostName(const ir::VirtualHost& host) { return host.name; }

}  // namespace nuncio::envoy
