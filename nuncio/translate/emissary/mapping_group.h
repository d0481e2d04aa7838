#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/backend.h"
#include "nuncio/translate/emissary/mapping_match.h"

namespace nuncio::translate::emissary {

// A Mapping that has been checked. A redirect has no backend.
struct UsableMapping {
  const resource::Mapping* mapping = nullptr;
  ir::Origin origin;
  MappingHost host;
  RequestMatches matches;
  BackendRequest request;
  std::optional<Backend> backend;
  std::string redirect_host;
  bool internal = false;  // one of the probes
  // Numbers of the Host selectors that choose it; empty when it names a host.
  std::vector<size_t> selectors;

  bool is_shadow() const { return mapping->shadow.value_or(false); }
  bool is_redirect() const { return !backend.has_value(); }
};

// The Mappings that match the same requests. Invariant: all agree in everything that decides the match and the
// connection, and `members` holds Mappings that forward, or exactly one that redirects, or nothing.
struct GroupedMappings {
  std::vector<const UsableMapping*> members;  // in visiting order
  const UsableMapping* shadow = nullptr;
  const UsableMapping* first = nullptr;
};

// Sorts Mappings into groups, in the order in which each group's first Mapping came (emissary reference 3.4). One that
// does not fit its group is left out with an error.
std::vector<GroupedMappings> GroupMappings(const std::vector<UsableMapping>& mappings, Report& report);

}  // namespace nuncio::translate::emissary
