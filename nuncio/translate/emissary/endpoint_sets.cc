#include "nuncio/translate/emissary/endpoint_sets.h"

#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::translate::emissary {

void EndpointSets::Make(const EndpointUse& use, Entry& entry) const {
  Report report;
  ir::EndpointSet set{use.set, {}, {}};
  if (use.service == nullptr) {
    set.origins = {*use.origin};
  } else {
    const ir::Origin origin = OriginOf("Service", use.service->meta);
    set.origins = {origin};
    const resource::ServicePort* port = FindPort(*use.service, use.port);
    if (port != nullptr) {
      set.endpoints = EndpointsOf(*port, entry.slices);
      for (const auto* slice : entry.slices) set.origins.push_back(OriginOf("EndpointSlice", slice->meta));
      if (set.endpoints.empty()) {
        report.Warning(origin, code::kServiceWithoutEndpoints, "",
                       absl::StrCat("has no endpoint that is ready for port ", use.port,
                                    ", so requests to it get 503; look at its pods and its EndpointSlices"));
      }
    }
  }
  entry.findings = report.Take();
  if (entry.set == nullptr || *entry.set != set) entry.set = std::make_shared<const ir::EndpointSet>(std::move(set));
}

void EndpointSets::Add(const std::vector<const EndpointUse*>& uses, const store::Table<resource::EndpointSlice>& slices,
                       ModelBuilder& builder, Report& report) {
  if (!(slices_ == slices)) {
    slices_ = slices;
    index_ = EndpointIndex(slices_);
  }
  std::unordered_set<std::string_view> seen;
  for (const EndpointUse* each : uses) {
    const EndpointUse& use = *each;
    if (!seen.insert(use.set).second) continue;
    Entry& entry = entries_[use.set];
    static const std::vector<const resource::EndpointSlice*> kNone;
    const auto& now = use.service == nullptr ? kNone : index_.SlicesOf(use.service->meta.key());
    // The set of a Service that does not exist names its first user.
    const bool same =
        entry.set != nullptr && use.service != nullptr && entry.service == use.service && entry.slices == now;
    entry.service = use.service;
    entry.slices = now;
    entry.used = true;
    if (!same) Make(use, entry);
    builder.AddEndpointSet(entry.set);
    report.Add(entry.findings);
  }
  std::erase_if(entries_, [](const auto& each) { return !each.second.used; });
  for (auto& [name, entry] : entries_) entry.used = false;
}

}  // namespace nuncio::translate::emissary
