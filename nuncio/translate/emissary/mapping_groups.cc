#include "nuncio/translate/emissary/mapping_groups.h"

#include <algorithm>
#include <utility>

#include "nuncio/translate/emissary/mapping_routes.h"
#include "nuncio/translate/emissary/probe_mappings.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {

// What the Mappings of one key came to.
struct MappingTranslator::Group {
  const std::string* key = nullptr;        // by which it is found
  std::vector<UsableMappingPtr> mappings;  // sorted by place
  bool touched = false;
  uint64_t remade_in = 0;

  MappingGroup made;
  ir::Findings findings;
  std::vector<UpstreamUse> upstreams;
  EndpointUses endpoints;
  std::vector<resource::ObjectKey> services_read;
};

namespace {

constexpr char kAcmeChallenge[] = "/.well-known/acme-challenge/";

MappingGroup MakeGroup(Context& context, const GroupedMappings& grouped) {
  MappingGroup group;
  const UsableMapping& first = *grouped.first;
  const MappingHost host = first.host();
  if (first.internal) {
    group.scope = MappingGroup::HostScope::kEvery;
  } else if (host.kind == MappingHost::Kind::kRegex) {
    group.scope = MappingGroup::HostScope::kRegex;
  } else if (host.kind == MappingHost::Kind::kGlob) {
    group.scope = MappingGroup::HostScope::kGlob;
    group.host_glob = host.value;
  }
  group.acme_challenge = first.mapping->prefix == kAcmeChallenge;
  resource::StringMap labels;
  for (const UsableMapping* member : grouped.members) {
    for (const auto& [name, value] : *member->mapping->meta.labels) labels[name] = value;
    group.origins.push_back(member->origin);
  }
  group.labels = std::move(labels);
  if (grouped.shadow != nullptr) group.origins.push_back(grouped.shadow->origin);
  std::sort(group.origins.begin(), group.origins.end());
  group.routes = RoutesOf(context, grouped);
  return group;
}

// Whether Hosts take both or neither.
bool IsChosenAlike(const MappingGroup& a, const MappingGroup& b) {
  return a.scope == b.scope && a.host_glob == b.host_glob && a.labels == b.labels;
}

// Descending by weight; of equal groups the later one comes first, as Emissary reverses an ascending stable sort.
bool ComesFirst(const UsableMapping& a, const UsableMapping& b) {
  if (const int order = a.weight.compare(b.weight); order != 0) return order > 0;
  return a.place > b.place;
}

}  // namespace

MappingTranslator::MappingTranslator() = default;
MappingTranslator::~MappingTranslator() = default;

void MappingTranslator::Touch(Group& group) {
  if (std::exchange(group.touched, true)) return;
  touched_.push_back(&group);
}

std::shared_ptr<const ir::Origin> MappingTranslator::OriginFor(const resource::Mapping& mapping, bool internal) {
  ir::Origin origin = internal ? inputs_->module.origin : OriginOf("Mapping", mapping.meta);
  const auto before = origins_.find(PlaceOf(mapping, internal));
  if (before != origins_.end() && *before->second == origin) return before->second;
  return std::make_shared<const ir::Origin>(std::move(origin));
}

void MappingTranslator::Add(Context& context, std::shared_ptr<const resource::Mapping> mapping, bool internal) {
  if (!internal && !IsMine(mapping->ambassador_id, inputs_->options.ambassador_id)) return;
  static const store::Snapshot kNothing;  // no other object can be read
  Report report;
  Context part{kNothing, inputs_->options, inputs_->module, context.builder, context.endpoints, report};
  UsableMappingPtr usable = CheckUsable(part, *inputs_, mapping, OriginFor(*mapping, internal), internal);
  if (ir::Findings findings = report.Take(); !findings.empty()) {
    check_findings_[PlaceOf(*mapping, internal)] = std::move(findings);
  }
  if (usable == nullptr) return;
  const auto [at, is_new] = groups_.try_emplace(GroupKeyOf(*usable));
  std::unique_ptr<Group>& group = at->second;
  if (is_new) {
    group = std::make_unique<Group>();
    group->key = &at->first;
  }
  Touch(*group);
  auto& members = group->mappings;
  members.insert(std::upper_bound(members.begin(), members.end(), usable,
                                  [](const auto& a, const auto& b) { return a->place < b->place; }),
                 usable);
  usable_.emplace(mapping.get(), Grouped{std::move(usable), group.get()});
}

void MappingTranslator::Remove(const resource::Mapping& mapping) {
  check_findings_.erase(PlaceOf(mapping, false));
  const auto at = usable_.find(&mapping);
  if (at == usable_.end()) return;
  const auto& [usable, group] = at->second;
  Touch(*group);
  origins_[usable->place] = usable->origin;
  std::erase(group->mappings, usable);
  usable_.erase(at);
}

void MappingTranslator::Restart(Context& context, MappingInputs inputs) {
  inputs_ = std::make_unique<const MappingInputs>(std::move(inputs));
  mappings_ = {};
  check_findings_.clear();
  usable_.clear();
  sorted_.clear();
  touched_.clear();
  groups_.clear();
  ++layout_;
  for (resource::Mapping& probe : ProbeMappings(inputs_->module, inputs_->options)) {
    Add(context, std::make_shared<const resource::Mapping>(std::move(probe)), true);
  }
}

void MappingTranslator::FollowMappings(Context& context) {
  const auto [gone, come] = store::Compare(mappings_, context.snapshot.mappings);
  for (const auto& mapping : gone) Remove(*mapping);
  for (const auto& mapping : come) Add(context, mapping, false);
  mappings_ = context.snapshot.mappings;
  origins_.clear();
}

void MappingTranslator::FollowServices(const store::Table<resource::Service>& services) {
  const auto [gone, come] = store::Compare(services_, services);
  std::set<resource::ObjectKey> changed;
  for (const auto* list : {&gone, &come}) {
    for (const auto& service : *list) changed.insert(service->meta.key());
  }
  services_ = services;
  if (changed.empty()) return;
  for (Group* group : sorted_) {
    const auto& read = group->services_read;
    if (std::any_of(read.begin(), read.end(), [&](const auto& key) { return changed.contains(key); })) Touch(*group);
  }
}

void MappingTranslator::Remake(Context& context) {
  if (touched_.empty()) return;
  std::erase_if(sorted_, [](const Group* group) { return group->touched; });
  // Nothing but Services can be read, as nothing else is followed.
  store::Snapshot readable;
  readable.services = context.snapshot.services;
  std::vector<Group*> made;
  std::vector<std::string> emptied;
  for (Group* group : std::exchange(touched_, {})) {
    if (group->mappings.empty()) {
      emptied.push_back(*group->key);
      continue;
    }
    Report report;
    ModelBuilder builder = context.builder.ForPart();
    group->endpoints.clear();
    group->services_read.clear();
    Context part{readable, inputs_->options, inputs_->module, builder, group->endpoints, report, &group->services_read};
    MappingGroup now = MakeGroup(part, GroupMappings(group->mappings, report));
    if (!IsChosenAlike(group->made, now)) ++layout_;
    group->made = std::move(now);
    group->findings = report.Take();
    group->upstreams = builder.TakeUpstreams();
    group->touched = false;
    group->remade_in = round_;
    made.push_back(group);
  }
  for (const std::string& key : emptied) groups_.erase(key);
  const auto comes_first = [](const Group* a, const Group* b) {
    return ComesFirst(*a->mappings.front(), *b->mappings.front());
  };
  std::sort(made.begin(), made.end(), comes_first);
  std::vector<Group*> all(sorted_.size() + made.size());
  std::merge(sorted_.begin(), sorted_.end(), made.begin(), made.end(), all.begin(), comes_first);
  sorted_ = std::move(all);
}

void MappingTranslator::Translate(Context& context, MappingInputs inputs, std::vector<const EndpointUse*>& endpoints) {
  inputs.options.now = 0;
  if (inputs_ == nullptr || *inputs_ != inputs) Restart(context, std::move(inputs));
  FollowServices(context.snapshot.services);
  FollowMappings(context);
  ++round_;
  remade_.clear();
  Remake(context);
  for (const auto& [place, findings] : check_findings_) context.report.Add(findings);
  MappingGroups groups;
  groups.reserve(sorted_.size());
  for (const Group* group : sorted_) {
    context.report.Add(group->findings);
    context.builder.AddUpstreams(group->upstreams);
    for (const EndpointUse& use : group->endpoints) endpoints.push_back(&use);
    if (group->made.routes.empty()) continue;
    if (group->remade_in == round_) remade_.push_back(groups.size());
    groups.push_back(&group->made);
  }
  if (groups != result_) ++layout_;
  result_ = std::move(groups);
}

}  // namespace nuncio::translate::emissary
