#include "nuncio/translate/emissary/module_settings.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/ir/format.h"
#include "nuncio/translate/emissary/config_reader.h"
#include "nuncio/translate/emissary/module_http.h"
#include "nuncio/translate/emissary/policies.h"

namespace nuncio::translate::emissary {
namespace {

constexpr int64_t kMaxMs = 1000LL * 60 * 60 * 24 * 365;
constexpr int64_t kMaxSeconds = 60LL * 60 * 24 * 365;

std::optional<std::chrono::milliseconds> Milliseconds(ConfigReader& config, const std::string& key) {
  const auto ms = config.Integer(key, 0, kMaxMs);
  return ms ? std::optional(std::chrono::milliseconds(*ms)) : std::nullopt;
}

// Leaves a policy out, with an error, when it is not valid: then no default is set.
template <typename Policy>
std::optional<Policy> Checked(ConfigReader& config, const std::string& key, std::optional<Policy> policy) {
  if (!policy) return std::nullopt;
  const auto problem = ProblemOf(*policy);
  if (!problem) return policy;
  config.Error(key + problem->field, problem->message);
  return std::nullopt;
}

std::optional<resource::Cors> ReadCors(ConfigReader& config) {
  auto object = config.Object("cors");
  if (!object) return std::nullopt;
  const auto list = [&](const char* key) { return object->Strings(key).value_or(std::vector<std::string>{}); };
  resource::Cors cors{list("origins"), list("methods"), list("headers"), list("exposed_headers"), {}, ""};
  cors.credentials = object->Bool("credentials");
  cors.max_age = object->String("max_age").value_or("");
  object->ReportUnknown();
  return cors;
}

std::optional<resource::RetryPolicy> ReadRetryPolicy(ConfigReader& config) {
  auto object = config.Object("retry_policy");
  if (!object) return std::nullopt;
  resource::RetryPolicy policy;
  policy.retry_on = object->String("retry_on").value_or("");
  policy.num_retries = object->Integer("num_retries", 0, UINT32_MAX);
  policy.per_try_timeout = object->String("per_try_timeout").value_or("");
  object->ReportUnknown();
  return policy;
}

std::optional<resource::LoadBalancer> ReadLoadBalancer(ConfigReader& config) {
  auto object = config.Object("load_balancer");
  if (!object) return std::nullopt;
  resource::LoadBalancer policy;
  policy.policy = object->String("policy").value_or("");
  policy.header = object->String("header");
  policy.source_ip = object->Bool("source_ip");
  if (auto cookie = object->Object("cookie")) {
    policy.cookie = {cookie->String("name").value_or(""), cookie->String("path").value_or(""),
                     cookie->String("ttl").value_or("")};
  }
  object->ReportUnknown();
  return policy;
}

std::vector<resource::CircuitBreaker> ReadCircuitBreakers(ConfigReader& config) {
  std::vector<resource::CircuitBreaker> breakers;
  for (ConfigReader& entry : config.Objects("circuit_breakers")) {
    breakers.push_back({entry.String("priority").value_or(""), entry.Integer("max_connections", 0, UINT32_MAX),
                        entry.Integer("max_pending_requests", 0, UINT32_MAX),
                        entry.Integer("max_requests", 0, UINT32_MAX), entry.Integer("max_retries", 0, UINT32_MAX)});
    entry.ReportUnknown();
  }
  return breakers;
}

// The Module's documentation spells the idle time `time`, the Mapping's schema `idle_time`: both are read.
std::optional<resource::KeepAlive> ReadKeepalive(ConfigReader& config) {
  auto object = config.Object("keepalive");
  if (!object) return std::nullopt;
  resource::KeepAlive keepalive;
  keepalive.probes = object->Integer("probes", 0, UINT32_MAX);
  keepalive.interval = object->Integer("interval", 0, kMaxSeconds);
  const auto time = object->Integer("time", 0, kMaxSeconds);
  const auto idle_time = object->Integer("idle_time", 0, kMaxSeconds);
  keepalive.idle_time = idle_time ? idle_time : time;
  object->ReportUnknown();
  return keepalive;
}

std::optional<resource::AddedHeaders> ReadAddedHeaders(ConfigReader& config, const std::string& key) {
  auto object = config.Object(key);
  if (!object) return std::nullopt;
  resource::AddedHeaders headers;
  for (const std::string& name : object->Keys()) {
    if (const Json* value = object->Find(name); value->is_string()) {
      headers[name] = {value->get<std::string>(), std::nullopt};
    } else if (auto header = object->Object(name)) {
      headers[name] = {header->String("value").value_or(""), header->Bool("append")};
    }
    const auto added = headers.find(name);
    if (added == headers.end()) continue;
    if (const auto problem = ir::FormatProblem(added->second.value, ir::FormatUse::kHeader)) {
      object->Error(name, absl::StrCat(*problem, "; it is left out"));
      headers.erase(added);
    }
  }
  return headers;
}

// `defaults` is looked up by class first ("httpmapping"), then at its top.
void ReadDefaults(ConfigReader& config, ModuleSettings& settings) {
  auto defaults = config.Object("defaults");
  if (!defaults) return;
  auto mapping = defaults->Object("httpmapping");
  const auto from = [&](const std::string& key) -> ConfigReader& {
    return mapping && mapping->Has(key) ? *mapping : *defaults;
  };
  settings.add_request_headers = ReadAddedHeaders(from("add_request_headers"), "add_request_headers");
  settings.add_response_headers = ReadAddedHeaders(from("add_response_headers"), "add_response_headers");
  settings.remove_request_headers = from("remove_request_headers").Strings("remove_request_headers");
  settings.remove_response_headers = from("remove_response_headers").Strings("remove_response_headers");
  settings.stats_name = from("stats_name").String("stats_name").value_or("");
  settings.tls_secret_namespacing = defaults->Bool("tls_secret_namespacing").value_or(true);
}

ProbeSettings ReadProbe(ConfigReader& config, const std::string& key, bool enabled, const std::string& path,
                        const Options& options) {
  ProbeSettings probe{enabled, path, path, options.diagnostics_service};
  auto object = config.Object(key);
  if (!object) return probe;
  probe.enabled = object->Bool("enabled").value_or(enabled);
  probe.prefix = object->String("prefix").value_or(path);
  probe.rewrite = object->String("rewrite").value_or(path);
  probe.service = object->String("service").value_or(options.diagnostics_service);
  object->Ignore("allow_non_local");
  object->ReportUnknown();
  return probe;
}

void ReadProbes(ConfigReader& config, const Options& options, ModuleSettings& settings) {
  settings.liveness = ReadProbe(config, "liveness_probe", true, "/ambassador/v0/check_alive", options);
  settings.readiness = ReadProbe(config, "readiness_probe", true, "/ambassador/v0/check_ready", options);
  // Off unless asked for, unlike Emissary: the internals of a gateway are nobody's business at its edge.
  settings.diagnostics = ReadProbe(config, "diagnostics", false, "/ambassador/v0/", options);
}

void ReportOtherKeys(ConfigReader& config) {
  for (const char* key : {"auth_enabled", "prune_unreachable_routes", "regex_type", "service_port", "statsd",
                          "use_proxy_proto", "x_forwarded_proto_redirect", "xff_num_trusted_hops"}) {
    if (config.Has(key)) config.Notice(key, code::kFieldWithoutEffect, "has no effect since Emissary 2.0; remove it");
  }
  for (const char* key : {"default_label_domain", "default_labels", "runtime_flags"}) {
    if (config.Has(key)) config.Notice(key, code::kNotBuilt, "is not supported yet and has no effect");
  }
  // The process that starts Envoy uses it (app/settings); here it is only judged.
  config.Integer("admin_port", 1, UINT16_MAX);
  // Without meaning here: nothing runs `envoy --mode validate`; there is no page yet that debug_mode could mark.
  for (const char* key : {"envoy_validation_timeout", "debug_mode"}) config.Ignore(key);
  if (config.Has("error_response_overrides")) {
    config.Error("error_response_overrides", "is not supported, as in Emissary 4; Envoy's own error pages are sent");
  }
  if (config.Has("tls")) config.Error("tls", "is not read here; use a Host or a TLSContext");
}

void ReadMappingDefaults(ConfigReader& config, ModuleSettings& settings) {
  settings.resolver = config.String("resolver").value_or(settings.resolver);
  settings.request_timeout = Milliseconds(config, "cluster_request_timeout_ms").value_or(settings.request_timeout);
  settings.cluster_idle_timeout = Milliseconds(config, "cluster_idle_timeout_ms");
  settings.cluster_max_connection_lifetime = Milliseconds(config, "cluster_max_connection_lifetime_ms");
  settings.enable_ipv4 = config.Bool("enable_ipv4").value_or(true);
  settings.enable_ipv6 = config.Bool("enable_ipv6").value_or(false);
  settings.add_linkerd_headers = config.Bool("add_linkerd_headers").value_or(false);
  // RE2's own work is bounded by it: 10,000 instructions keep a match in the microseconds.
  settings.regex_max_size = static_cast<uint32_t>(config.Integer("regex_max_size", 1, 10000).value_or(200));
  settings.use_own_namespace_for_services =
      config.Bool("use_ambassador_namespace_for_service_resolution").value_or(false);
  settings.cors = ReadCors(config);
  settings.retry_policy = Checked(config, "retry_policy", ReadRetryPolicy(config));
  settings.load_balancer = Checked(config, "load_balancer", ReadLoadBalancer(config));
  settings.circuit_breakers = Checked(config, "circuit_breakers", std::optional(ReadCircuitBreakers(config)))
                                  .value_or(std::vector<resource::CircuitBreaker>{});
  settings.keepalive = ReadKeepalive(config);
  ReadDefaults(config, settings);
}

}  // namespace

ModuleSettings ReadModule(const resource::Module* module, const Options& options, Report& report) {
  static const Json kEmpty = Json::object();
  ModuleSettings settings;
  settings.origin = module == nullptr ? ir::Origin{"Module", "", "", "", 0} : OriginOf("Module", module->meta);
  ConfigReader config(module == nullptr ? kEmpty : *module->config, "spec.config", settings.origin, report);
  settings.http = ReadHttpSettings(config);
  if (const auto bytes = config.Integer("buffer_limit_bytes", 1, UINT32_MAX)) {
    settings.buffer_limit_bytes = static_cast<uint32_t>(*bytes);
  }
  ReadMappingDefaults(config, settings);
  ReadProbes(config, options, settings);
  ReportOtherKeys(config);
  config.ReportUnknown();
  return settings;
}

}  // namespace nuncio::translate::emissary
