#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace nuncio::kube {

// A kind as an API server serves it.
struct ServedKind {
  std::string group;
  std::string kind;
  std::string version;
  std::string plural;  // of the address
  bool namespaced = true;
  auto operator<=>(const ServedKind&) const = default;
};

// Which objects of a kind to ask for; empty: all.
struct Scope {
  std::string ns;
  std::string label_selector;
  std::string field_selector;
  bool metadata_only = false;  // for kinds of which only names and labels matter
  auto operator<=>(const Scope&) const = default;
};

// Percent-encoded for a query.
std::string Encoded(std::string_view text);

// "/apis/getambassador.io/v3alpha1/namespaces/a/mappings?labelSelector=x%3Dy&watch=1". A namespace is left out for a
// kind that has none. `query` are further parameters, by name and value.
std::string PathOf(const ServedKind& kind, const Scope& scope,
                   const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace nuncio::kube
