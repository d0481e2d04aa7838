#include "nuncio/translate/emissary/hosts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/resource/secret_names.h"
#include "nuncio/translate/emissary/host_tls.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

// A DNS name has at most 253 characters; ":65535" comes to it.
constexpr size_t kMaxHostname = 259;

// Why Envoy would not take the name as a domain of a virtual host ("domains" of
// config.route.v3.VirtualHost); empty: it would.
std::string ProblemOfHostname(const std::string& hostname) {
  if (hostname.size() > kMaxHostname) return absl::StrCat("is longer than ", kMaxHostname, " characters");
  if (!std::all_of(hostname.begin(), hostname.end(), [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return "holds a character that no host name can have";
  }
  const auto stars = std::count(hostname.begin(), hostname.end(), '*');
  if (stars > 1 || (stars == 1 && hostname.front() != '*' && hostname.back() != '*')) {
    return "may hold one \"*\", at its start or at its end";
  }
  return "";
}

std::string WithoutPort(const std::string& hostname) {
  const size_t colon = hostname.rfind(':');
  if (colon == std::string::npos || colon + 1 == hostname.size()) return hostname;
  const bool is_port = std::all_of(hostname.begin() + static_cast<std::ptrdiff_t>(colon) + 1, hostname.end(),
                                   [](unsigned char c) { return absl::ascii_isdigit(c); });
  return is_port ? hostname.substr(0, colon) : hostname;
}

void ReportFieldsWithoutEffect(Context& context, SecretReader& secrets, const resource::Host& host) {
  const ir::Origin origin = OriginOf("Host", host.meta);
  const auto notice = [&](const char* field, const char* message) {
    context.report.Notice(origin, code::kFieldWithoutEffect, field, message);
  };
  if (host.has_preview_url) notice("spec.previewUrl", "has no effect; remove it");
  if (host.has_additional_port) {
    notice("spec.requestPolicy.insecure.additionalPort", "has no effect since Emissary 2.0; use another Listener");
  }
  if (host.has_acme_provider) {
    notice("spec.acmeProvider", "has no effect, as there is no ACME client; let cert-manager write the tlsSecret");
  }
  if (!host.acme_private_key_secret->empty()) {
    secrets.AccountKey({host.meta.ns, host.acme_private_key_secret},
                       {origin, "spec.acmeProvider.privateKeySecret.name", "nothing else depends on it"});
  }
  if (host.mapping_selector && host.selector) notice("spec.selector", "has no effect beside mappingSelector");
}

// One that says nothing counts as absent. Only matchLabels are evaluated.
std::optional<resource::StringMap> SelectorOf(Context& context, const resource::Host& host) {
  const auto& selector = host.mapping_selector ? host.mapping_selector : host.selector;
  if (!selector || (selector->match_labels.empty() && !selector->has_match_expressions)) return std::nullopt;
  if (selector->has_match_expressions) {
    context.report.Warning(
        OriginOf("Host", host.meta), code::kFieldWithoutEffect,
        host.mapping_selector ? "spec.mappingSelector.matchExpressions" : "spec.selector.matchExpressions",
        "is not evaluated; use matchLabels");
  }
  return selector->match_labels;
}

std::optional<ActiveHost> Resolve(Context& context, SecretReader& secrets, const TlsContexts& contexts,
                                  const resource::Host& host) {
  ActiveHost active{
      OriginOf("Host", host.meta), host.meta.name, host.meta.ns, host.hostname, "", "", *host.meta.labels, {}, {}, {}};
  if (active.hostname.empty()) active.hostname = "*";
  if (const std::string problem = ProblemOfHostname(active.hostname); !problem.empty()) {
    context.report.Error(active.origin, code::kHostInvalid, "spec.hostname",
                         absl::StrCat(problem, "; the Host is left out"));
    return std::nullopt;
  }
  ReportFieldsWithoutEffect(context, secrets, host);
  active.domain = absl::AsciiStrToLower(active.hostname);
  active.sni = WithoutPort(active.domain);
  // Emissary gives every object this label, and selectors may use it (reference 3.1).
  active.labels.try_emplace("ambassador_crd", VisitKey(host.meta));
  active.mapping_selector = SelectorOf(context, host);
  active.insecure_action = host.insecure_action.value_or(resource::InsecureAction::kRedirect);
  HostTermination termination = ResolveHostTls(context, secrets, contexts, host, active.hostname);
  if (!termination.usable) return std::nullopt;
  active.tls = std::move(termination.tls);
  return active;
}

// What serves when there is no Host: everything in cleartext, or over TLS when the installation has a certificate for
// it.
ActiveHost DefaultHost(Context& context, SecretReader& secrets) {
  const std::string& ns = context.options.ambassador_namespace;
  ActiveHost host{ir::Origin{"Host", ns, "default-host", "", 0},
                  "default-host",
                  ns,
                  "*",
                  "*",
                  "*",
                  {},
                  {},
                  resource::InsecureAction::kRoute,
                  {}};
  const resource::ObjectKey key{ns, resource::kFallbackSecret};
  if (!secrets.Exists(key)) return host;
  const auto certificate = secrets.Certificate(key, {host.origin, "", "the default Host serves cleartext"});
  if (!certificate) return host;
  host.insecure_action = resource::InsecureAction::kRedirect;
  host.tls.emplace();
  host.tls->origin = host.origin;
  host.tls->name = "default-host-context";
  host.tls->hosts = {"*"};
  host.tls->certificate = certificate;
  host.tls->certificate_owner = absl::StrCat("secret ", ns, "/", resource::kFallbackSecret);
  return host;
}

void ReportContextsWithoutHost(Context& context, const TlsContexts& contexts) {
  for (const auto& [name, settings] : contexts) {
    if (settings.hosts.empty()) continue;
    context.report.Error(settings.origin, code::kHostMissing, "spec.hosts",
                         "has no effect, as no Host takes part; add a Host with this context's name in tlsContext");
  }
}

// A Host that could not be read is a Host all the same: whoever wrote it did not mean everything to be open.
bool HasUnreadableHost(const store::Snapshot& snapshot) {
  return std::any_of(snapshot.problems.begin(), snapshot.problems.end(), [](const store::SourceProblem& problem) {
    return problem.kind == "Host" && store::HidesAnObject(problem);
  });
}

}  // namespace

std::vector<ActiveHost> ResolveHosts(Context& context, const TlsContexts& contexts) {
  SecretReader secrets(context);
  std::vector<ActiveHost> hosts;
  const auto mine = Mine(context.snapshot.hosts, context.options.ambassador_id);
  hosts.reserve(std::max<size_t>(mine.size(), 1));
  for (const resource::Host* host : mine) {
    if (auto active = Resolve(context, secrets, contexts, *host)) hosts.push_back(*std::move(active));
  }
  if (hosts.empty()) ReportContextsWithoutHost(context, contexts);
  // Unlike in Emissary, a broken Host does not bring the default Host back: a lost Secret must not turn a Host that
  // speaks TLS into one that serves everything in cleartext.
  if (mine.empty() && !HasUnreadableHost(context.snapshot)) hosts.push_back(DefaultHost(context, secrets));
  // Stable: Hosts of one hostname stay in the order in which Emissary visits them, and the last of them counts.
  std::stable_sort(hosts.begin(), hosts.end(),
                   [](const ActiveHost& a, const ActiveHost& b) { return a.hostname < b.hostname; });
  return hosts;
}

}  // namespace nuncio::translate::emissary
