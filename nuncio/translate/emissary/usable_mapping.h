#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/base/boxed.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/translate/emissary/backend.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/host_selectors.h"
#include "nuncio/translate/emissary/mapping_match.h"

namespace nuncio::translate::emissary {

// All that the meaning of a Mapping depends on beside itself, the Mappings that match the same requests, and the
// Services that it asks for. While this is equal, what was made of a Mapping holds.
struct MappingInputs {
  Options options;  // `now` is 0: no Mapping depends on it
  ModuleSettings module;
  BackendSources sources;
  HostSelectors selectors;
  bool operator==(const MappingInputs&) const = default;
};

// A Mapping that has been checked. A redirect has no backend. Immutable.
struct UsableMapping {
  std::shared_ptr<const resource::Mapping> mapping;
  std::shared_ptr<const ir::Origin> origin;
  bool internal = false;  // one of the probes
  std::string place;      // orders Mappings as Emissary visits them, the probes first
  std::optional<Backend> backend;
  Rare<std::string> redirect_host;
  // Numbers of the Host selectors that choose it; empty when it names a host.
  Rare<std::vector<size_t>> selectors;
  std::string weight;  // of its route; see RouteWeightOf

  MappingHost host() const { return HostOf(*mapping); }
  RequestMatches matches() const { return RequestMatchesOf(*mapping, host()); }
  bool is_shadow() const { return mapping->shadow.value_or(false); }
  bool is_redirect() const { return !backend.has_value(); }
};
using UsableMappingPtr = std::shared_ptr<const UsableMapping>;

std::string PlaceOf(const resource::Mapping& mapping, bool internal);
// Equal for Mappings that match the same requests, and only for them.
std::string GroupKeyOf(const UsableMapping& usable);

// Null, with an error, when the Mapping cannot be used. What is wrong with one touches no other.
// REQUIRES: `inputs` outlives the result.
UsableMappingPtr CheckUsable(Context& context, const MappingInputs& inputs,
                             std::shared_ptr<const resource::Mapping> mapping, std::shared_ptr<const ir::Origin> origin,
                             bool internal);

}  // namespace nuncio::translate::emissary
