#include "nuncio/kube/definitions.h"

#include <algorithm>

#include "nuncio/resource/decode.h"

namespace nuncio::kube {
namespace {

const ServedKind kDefinition = {"apiextensions.k8s.io", "CustomResourceDefinition", "v1", "customresourcedefinitions",
                                false};

Scope MetadataOnly() {
  Scope scope;
  scope.metadata_only = true;
  return scope;
}

bool IsOfWantedGroup(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  const std::vector<std::string_view> groups = resource::WantedGroups();
  return std::binary_search(groups.begin(), groups.end(), name.substr(dot + 1));
}

}  // namespace

Definitions::Definitions(Loop& loop, Outage& outage, Decoder& decoder, std::function<void()> on_change)
    : on_change_(std::move(on_change)), reflector_(loop, outage, decoder, kDefinition, MetadataOnly(), *this) {}

void Definitions::OnListEnd() {
  if (std::exchange(names_, seen_) != names_) on_change_();
}

void Definitions::OnPut(Item item) {
  if (!IsOfWantedGroup(item.key.name)) return;
  seen_.insert(item.key.name);
  // One that changed may serve another version now.
  names_.insert(item.key.name);
  on_change_();
}

void Definitions::OnDelete(const Item& item) {
  seen_.erase(item.key.name);
  if (names_.erase(item.key.name) != 0) on_change_();
}

}  // namespace nuncio::kube
