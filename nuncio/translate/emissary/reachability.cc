#include "nuncio/translate/emissary/reachability.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/group_index.h"
#include "nuncio/translate/emissary/host_glob.h"

namespace nuncio::translate::emissary {
namespace {

struct Advice {
  const char* field;
  std::string message;
};

using HostList = std::vector<const ActiveHost*>;

std::string NameOf(const ActiveHost& host) { return absl::StrCat(host.ns, "/", host.name); }

// `unreached` are the Hosts without a listener, `choosy` those with a mappingSelector: few as a rule.
Advice AdviceFor(const Context& context, const MappingGroup& group, const HostList& unreached, const HostList& choosy) {
  for (const ActiveHost* host : unreached) {
    if (!Takes(*host, group, context.options.strict_label_selectors)) continue;
    return {"", absl::StrCat("is taken by Host ", NameOf(*host),
                             " only, which no Listener serves; check the Listener's"
                             " hostBinding")};
  }
  if (group.scope == MappingGroup::HostScope::kNone) {
    return {"spec.hostname",
            "is not set, and no Host's mappingSelector chooses the labels, so that no request gets here; set a hostname"
            " (\"*\" for every Host), or the labels that a Host chooses"};
  }
  for (const ActiveHost* host : choosy) {
    if (group.scope == MappingGroup::HostScope::kGlob && !HostGlobsOverlap(host->hostname, group.host_glob)) continue;
    return {"metadata.labels",
            absl::StrCat("are not what the mappingSelector of Host ", NameOf(*host),
                         " asks for, so that no request gets here; add them, or change the selector")};
  }
  return {"spec.hostname", absl::StrCat("is ", group.host_glob,
                                        ", which no Host takes, so that no request gets here; add"
                                        " a Host for it, or change it to the name of one")};
}

void ReportHost(Context& context, const ActiveHost& host) {
  // The default Host has no owner to tell.
  if (context.snapshot.hosts.Find({host.ns, host.name}) == nullptr) return;
  context.report.Warning(host.origin, code::kHostUnused, "",
                         "is taken by no Listener; check its namespace and labels against their hostBinding");
}

}  // namespace

Unreached FindUnreached(const Reached& reached, const std::vector<ActiveHost>& hosts, const MappingGroups& groups) {
  Unreached unreached;
  unreached.any_listener = reached.any_listener;
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].mapping_selector) unreached.choosy.push_back(&hosts[i]);
    if (!reached.hosts[i]) unreached.hosts.push_back(&hosts[i]);
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!reached.groups[i] && groups[i]->scope != MappingGroup::HostScope::kEvery) unreached.groups.push_back(i);
  }
  return unreached;
}

void ReportUnreached(Context& context, const Unreached& unreached, const MappingGroups& groups) {
  if (!unreached.any_listener) {
    context.report.Error({"Listener", "", "", "", 0}, code::kListenerMissing, "",
                         "nothing is served, as no Listener is usable; add one, for example on port 8080 with protocol"
                         " HTTP, securityModel XFP and hostBinding.namespace.from ALL");
    return;
  }
  for (const ActiveHost* host : unreached.hosts) ReportHost(context, *host);
  for (const size_t i : unreached.groups) {
    const Advice advice = AdviceFor(context, *groups[i], unreached.hosts, unreached.choosy);
    for (const ir::Origin& origin : groups[i]->origins) {
      context.report.Warning(origin, code::kMappingUnreachable, advice.field, advice.message);
    }
  }
}

}  // namespace nuncio::translate::emissary
