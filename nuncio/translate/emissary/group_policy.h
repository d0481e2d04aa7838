#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/translate/emissary/mapping_group.h"

namespace nuncio::translate::emissary {

// What the members of a group say together (emissary reference 3.4): added headers are the union, of everything else
// the last member that says it counts. Where none does, the Module's default holds.
struct GroupPolicy {
  ir::HeaderEdits request_headers;
  ir::HeaderEdits response_headers;
  std::optional<ir::Cors> cors;
  std::optional<ir::RetryPolicy> retry;
  std::optional<ir::HashPolicy> hash;
  Boxed<resource::RegexRewrite> regex_rewrite;
  std::vector<std::string> upgrades;
  ir::RoutePriority priority = ir::RoutePriority::kDefault;
};

GroupPolicy GroupPolicyOf(const Context& context, const GroupedMappings& group);

}  // namespace nuncio::translate::emissary
