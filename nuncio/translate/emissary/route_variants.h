#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "nuncio/ir/route.h"
#include "nuncio/resource/edge.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// What a security model and an insecure action make of the routes of a group (reference 3.2). Each variant is made once
// and shared by every virtual host that has it. Not thread-safe; lives as long as one translation.
class RouteVariants {
 public:
  // REQUIRES: `groups` outlives this.
  explicit RouteVariants(const std::vector<MappingGroup>& groups) : groups_(groups), made_(groups.size()) {}

  // Appends the routes of the group for a Host of this action behind a Listener of this model.
  void Append(size_t group, resource::SecurityModel model, resource::InsecureAction action,
              std::vector<ir::RoutePtr>& routes);

 private:
  enum class Variant {
    kAsIs,
    kWithoutProto,  // no X-Forwarded-Proto asked for, whatever the Mapping says
    kHttps,         // X-Forwarded-Proto: https
    kRedirect,      // to https
    kRedirectWithoutProto,
  };
  static constexpr size_t kVariants = 5;

  const ir::RoutePtr& Get(size_t group, size_t route, Variant variant);
  static ir::RoutePtr Make(const ir::RoutePtr& route, Variant variant);

  const std::vector<MappingGroup>& groups_;
  std::vector<std::array<std::vector<ir::RoutePtr>, kVariants>> made_;
};

}  // namespace nuncio::translate::emissary
