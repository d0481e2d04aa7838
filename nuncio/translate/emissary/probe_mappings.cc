#include "nuncio/translate/emissary/probe_mappings.h"

#include "absl/strings/str_cat.h"

namespace nuncio::translate::emissary {
namespace {

constexpr int64_t kTimeoutMs = 10000;

}  // namespace

std::vector<resource::Mapping> ProbeMappings(const ModuleSettings& module, const Options& options) {
  std::vector<resource::Mapping> mappings;
  const auto add = [&](const char* name, const ProbeSettings& probe) {
    if (!probe.enabled) return;
    resource::Mapping mapping;
    mapping.meta.name = absl::StrCat("internal_", name, "_probe_mapping");
    mapping.meta.ns = options.ambassador_namespace;
    mapping.hostname = "*";
    mapping.prefix = probe.prefix;
    mapping.rewrite = probe.rewrite;
    mapping.service = probe.service;
    mapping.cluster.Edit().resolver = "kubernetes-service";
    mapping.timeout_ms = kTimeoutMs;
    mappings.push_back(std::move(mapping));
  };
  add("diagnostics", module.diagnostics);
  add("liveness", module.liveness);
  add("readiness", module.readiness);
  return mappings;
}

}  // namespace nuncio::translate::emissary
