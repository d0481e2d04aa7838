#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/backend.h"

namespace nuncio::translate::emissary {
namespace {

constexpr int64_t kHttpPort = 80;
constexpr int64_t kHttpsPort = 443;

std::optional<ResolverKind> FindResolver(Context& context, const BackendSources& sources,
                                         const BackendRequest& request) {
  const bool is_own = !request.resolver.empty();
  const std::string& name = is_own ? request.resolver : context.module.resolver;
  const char* field = is_own ? "spec.resolver" : "";
  const auto kind = sources.resolvers.Find(name);
  if (!kind) {
    context.report.Error(*request.origin, code::kResolverMissing, field,
                         absl::StrCat("there is no resolver '", name, "'; create it or name another one"));
    return std::nullopt;
  }
  if (*kind == ResolverKind::kConsul) {
    context.report.Error(*request.origin, code::kNotBuilt, field,
                         absl::StrCat("resolver '", name, "' is a ConsulResolver, which is not supported yet"));
    return std::nullopt;
  }
  return *kind == ResolverKind::kEndpoint && !context.options.endpoints_enabled ? ResolverKind::kService : *kind;
}

// False when the policy makes the whole request unusable.
bool CheckLoadBalancer(Context& context, const BackendRequest& request, ResolverKind resolver) {
  if (!request.load_balancer) return true;
  if (!context.options.endpoints_enabled) {
    context.report.Error(*request.origin, code::kFieldWithoutEffect, "spec.load_balancer",
                         "is ignored: endpoint routing is switched off (AMBASSADOR_DISABLE_ENDPOINTS)");
    return true;
  }
  if (resolver == ResolverKind::kEndpoint) return true;
  context.report.Error(*request.origin, code::kMappingInvalid, "spec.load_balancer",
                       "needs a resolver that knows endpoints; set spec.resolver to kubernetes-endpoint");
  return false;
}

void DecideTls(Context& context, const BackendSources& sources, const BackendRequest& request, Backend& backend) {
  const std::string scheme = absl::AsciiStrToLower(backend.service.scheme);
  backend.originates_tls = scheme == "https";
  static const std::set<std::string> kSchemes = {"", "http", "https"};
  if (!kSchemes.contains(scheme)) {
    context.report.Error(*request.origin, code::kServiceInvalid, "spec.service",
                         absl::StrCat("has the unknown scheme '", backend.service.scheme,
                                      "', which is ignored; write http:// or https:// or none"));
  }
  if (request.tls.empty()) return;
  backend.tls = sources.contexts.Find(request.tls);
  if (backend.tls == nullptr) {
    context.report.Error(*request.origin, code::kTlsContextMissing, "spec.tls",
                         absl::StrCat("there is no usable TLSContext '", request.tls, "'; the service is reached ",
                                      backend.originates_tls ? "by TLS without its settings" : "without TLS"));
    return;
  }
  backend.originates_tls = true;
  if (scheme == "http") {
    context.report.Warning(*request.origin, code::kServiceInvalid, "spec.service",
                           "says http:// but spec.tls names a TLSContext; TLS is used. Remove one of the two");
  }
}

bool CheckPort(Context& context, const BackendRequest& request, Backend& backend) {
  backend.has_port = backend.service.port.has_value();
  const int64_t port = backend.service.port.value_or(backend.originates_tls ? kHttpsPort : kHttpPort);
  if (port >= 1 && port <= UINT16_MAX) {
    backend.port = static_cast<uint16_t>(port);
    return true;
  }
  context.report.Error(*request.origin, code::kServiceInvalid, "spec.service",
                       absl::StrCat("found invalid port ", port, "; write a number from 1 to 65535"));
  return false;
}

}  // namespace

std::optional<ServiceName> NormalisedService(Context& context, const BackendSources& sources,
                                             const BackendRequest& request) {
  auto service = ParseServiceName(request.service);
  if (!service.ok()) {
    context.report.Error(*request.origin, code::kServiceInvalid, "spec.service",
                         absl::StrCat("'", request.service, "' ", service.status().message()));
    return std::nullopt;
  }
  const std::string& resolver = request.resolver.empty() ? context.module.resolver : request.resolver;
  const bool is_kubernetes = sources.resolvers.Find(resolver) != ResolverKind::kConsul;
  if (is_kubernetes && !context.module.use_own_namespace_for_services &&
      request.ns != context.options.ambassador_namespace) {
    Qualify(*service, request.ns);
  }
  return *std::move(service);
}

std::optional<Backend> CheckBackend(Context& context, const BackendSources& sources, const BackendRequest& request) {
  const auto resolver = FindResolver(context, sources, request);
  if (!resolver || !CheckLoadBalancer(context, request, *resolver)) return std::nullopt;
  auto service = NormalisedService(context, sources, request);
  if (!service) return std::nullopt;
  Backend backend;
  backend.resolver = *resolver;
  backend.service = *std::move(service);
  DecideTls(context, sources, request, backend);
  if (!CheckPort(context, request, backend)) return std::nullopt;
  return backend;
}

}  // namespace nuncio::translate::emissary
