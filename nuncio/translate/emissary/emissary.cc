#include "nuncio/translate/emissary/emissary.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/auth.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/listeners.h"
#include "nuncio/translate/emissary/mapping_groups.h"
#include "nuncio/translate/emissary/resolvers.h"
#include "nuncio/translate/emissary/selection.h"
#include "nuncio/translate/emissary/tcp_mappings.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {
namespace {

// The first Module of a name is the one that counts; Emissary renames the others, so that nobody reads them.
const resource::Module* FindModule(const store::Snapshot& snapshot, const Options& options, Report& report) {
  const resource::Module* found = nullptr;
  std::string tls;
  for (const resource::Module* module : Mine(snapshot.modules, options.ambassador_id)) {
    const auto ignored = [&](const std::string& message) {
      report.Warning(OriginOf("Module", module->meta), code::kModuleIgnored, "metadata.name", message);
    };
    if (module->meta.name == "tls") {
      if (!tls.empty()) ignored(absl::StrCat("Module ", tls, " of the same name is read in its place"));
      if (tls.empty()) tls = absl::StrCat(module->meta.ns, "/tls");
    } else if (module->meta.name == "authentication") {
      continue;  // has a finding of its own
    } else if (module->meta.name != "ambassador") {
      ignored("is read of no Module but those named ambassador and tls; it has no effect");
    } else if (found != nullptr) {
      ignored(absl::StrCat("Module ", found->meta.ns, "/ambassador of the same name is read in its place"));
    } else {
      found = module;
    }
  }
  return found;
}

// A name in the Module that nothing has would take every Mapping without a resolver of its own out of service.
void UseKnownResolver(const Resolvers& resolvers, ModuleSettings& module, Report& report) {
  if (resolvers.Find(module.resolver)) return;
  const std::string known = ModuleSettings().resolver;
  report.Error(module.origin, code::kResolverMissing, "spec.config.resolver",
               absl::StrCat("there is no resolver '", module.resolver, "'; ", known, " is used"));
  module.resolver = known;
}

void ReportUnbuilt(const store::Snapshot& snapshot, const Options& options, Report& report) {
  for (const auto& object : snapshot.unbuilt) {
    // AuthServices have a finding of their own.
    if (object->kind == "AuthService" || !IsMine(object->ambassador_id, options.ambassador_id)) continue;
    report.Notice(OriginOf(object->kind, object->meta), code::kNotBuilt, "",
                  absl::StrCat("the kind ", object->kind, " is known but has no effect yet"));
  }
}

}  // namespace

void Translator::Translate(const store::Snapshot& snapshot, const Options& options, ModelBuilder& builder,
                           Report& report) {
  ModuleSettings module = ReadModule(FindModule(snapshot, options, report), options, report);
  Resolvers resolvers(snapshot, options);
  UseKnownResolver(resolvers, module, report);
  RefuseWhatAuthServicesGuard(snapshot, options, module, report);
  EndpointUses endpoints;
  Context context{snapshot, options, module, builder, endpoints, report};
  const Terminations& terminations = hosts_.Translate(context);
  const BackendSources sources{terminations.contexts, std::move(resolvers)};
  std::vector<const EndpointUse*> uses;
  mappings_.Translate(
      context, {options, module, sources, HostSelectors(terminations.hosts, options.strict_label_selectors)}, uses);
  const std::vector<TcpMappingGroup> tcp_groups = TranslateTcpMappings(context, sources);
  for (const EndpointUse& use : endpoints) uses.push_back(&use);
  endpoint_sets_.Add(uses, snapshot.endpoint_slices, builder, report);
  listeners_.Translate(context, terminations, hosts_.round(), mappings_, tcp_groups);
  ReportUnbuilt(snapshot, options, report);
}

}  // namespace nuncio::translate::emissary
