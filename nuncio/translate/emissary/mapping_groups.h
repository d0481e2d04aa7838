#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/translate/emissary/mapping_group.h"

namespace nuncio::translate::emissary {

// The Mappings that match the same requests, as the routes they come to: one for each Mapping that gets a share, in
// order. What a virtual host adds (the X-Forwarded-Proto variants, the insecure action) is not in them.
struct MappingGroup {
  enum class HostScope {
    kNone,   // names no host: only a Host's mappingSelector takes it
    kGlob,   // `host_glob`
    kRegex,  // host_regex: whatever the Host's name; its mappingSelector still counts
    kEvery,  // one of the internal probes: whatever the Host
  };
  HostScope scope = HostScope::kNone;
  std::string host_glob;             // with kGlob
  Rare<resource::StringMap> labels;  // merged metadata.labels, for a Host's mappingSelector
  bool acme_challenge = false;       // prefix is exactly "/.well-known/acme-challenge/": routed whatever the action
  std::vector<ir::RoutePtr> routes;
  std::vector<Shared<ir::Origin>> origins;
  // What listeners make of each route, made when it is first asked for: see route_variants.h.
  mutable std::array<std::vector<ir::RoutePtr>, 5> variants;
};
using MappingGroups = std::vector<const MappingGroup*>;

// Translates the Mappings of an instance. Remembers what it made of each, and makes anew only the groups that something
// changed for: one of their Mappings, a Service that they lead to, or MappingInputs, which every group depends on. What
// comes out is the same as from one that remembers nothing. Not thread-safe; lives as long as the process.
class MappingTranslator {
 public:
  MappingTranslator();
  ~MappingTranslator();

  // Brings the groups up to date. The upstreams that they need are added to the model, and the endpoint sets to what is
  // needed of them. REQUIRES: the tables of the last call's snapshot still live, so that a pointer stands for one
  // object.
  void Translate(Context& context, MappingInputs inputs, std::vector<const EndpointUse*>& endpoints);

  // All groups in the total order of routes (emissary reference 3.4), the internal probes among them. They live until
  // the next call of Translate().
  const MappingGroups& groups() const { return result_; }
  // The numbers of the groups that the last call made anew.
  const std::vector<size_t>& remade() const { return remade_; }
  // Another number whenever the groups are others, in another order, or chosen by other hosts or labels; their routes
  // do not count.
  uint64_t layout() const { return layout_; }

 private:
  struct Group;
  struct Grouped {
    UsableMappingPtr mapping;
    Group* group = nullptr;
  };

  void Restart(Context& context, MappingInputs inputs);
  void FollowMappings(Context& context);
  void FollowServices(const store::Table<resource::Service>& services);
  void Add(Context& context, std::shared_ptr<const resource::Mapping> mapping, bool internal);
  void Remove(const resource::Mapping& mapping);
  std::shared_ptr<const ir::Origin> OriginFor(const resource::Mapping& mapping, bool internal);
  void Touch(Group& group);
  void Remake(Context& context);

  std::unique_ptr<const MappingInputs> inputs_;
  store::Table<resource::Mapping> mappings_;
  store::Table<resource::Service> services_;
  std::map<std::string, ir::Findings> check_findings_;  // by the place of their Mapping
  std::unordered_map<const resource::Mapping*, Grouped> usable_;
  std::unordered_map<std::string, std::unique_ptr<Group>> groups_;  // by key; order comes from `sorted_`
  // Of Mappings that have just gone, by their place: what takes the place of one often has an equal origin, and lists
  // of origins then stay as they are.
  std::map<std::string, std::shared_ptr<const ir::Origin>> origins_;
  std::vector<Group*> sorted_;
  MappingGroups result_;
  std::vector<size_t> remade_;
  uint64_t layout_ = 0;
  uint64_t round_ = 0;           // counts calls
  std::vector<Group*> touched_;  // not in sorted_
};

}  // namespace nuncio::translate::emissary
