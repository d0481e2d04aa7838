#pragma once

#include <map>
#include <optional>
#include <string>

#include "nuncio/store/snapshot.h"
#include "nuncio/translate/options.h"

namespace nuncio::translate::emissary {

enum class ResolverKind {
  kService,   // the name of the service goes to DNS
  kEndpoint,  // requests go to the service's endpoints
  kConsul,    // not built yet
};

// The resolvers of this instance by name. A name is enough: their namespaces do not count (emissary reference 1.12).
// The predefined ones are there unless an object of the same name takes their place.
class Resolvers {
 public:
  Resolvers(const store::Snapshot& snapshot, const Options& options);

  // nullopt when there is none of that name.
  std::optional<ResolverKind> Find(const std::string& name) const;
  bool operator==(const Resolvers&) const = default;

 private:
  std::map<std::string, ResolverKind> by_name_;
};

}  // namespace nuncio::translate::emissary
