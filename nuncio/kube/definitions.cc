#include "nuncio/kube/definitions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nuncio/base/text.h"
#include "nuncio/resource/conversion.h"
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

// "v2"; empty: it does not say.
std::string StorageOf(const Json& definition) {
  for (const Json& version : definition["spec"]["versions"]) {
    if (version.value("storage", false)) return version.value("name", "");
  }
  return "";
}

}  // namespace

Definitions::Definitions(Loop& loop, Outage& outage, Decoder& decoder, std::function<void()> on_change)
    : on_change_(std::move(on_change)),
      reflector_(loop, outage, decoder, kDefinition, MetadataOnly(), *this),
      reads_(loop, outage, decoder, kDefinition, {[this](const Item& item) { return OnRead(item); }, on_change_}) {}

bool Definitions::IsSettled(const std::string& name) const {
  if (denied()) return true;
  return known() && (!versions_.contains(name) || storage_.contains(name) || !reads_.TroubleOf({"", name}).empty());
}

bool Definitions::AllSettled() const {
  return denied() || (known() && std::all_of(versions_.begin(), versions_.end(),
                                             [this](const auto& each) { return IsSettled(each.first); }));
}

bool Definitions::Forget(const std::string& name) {
  reads_.Drop({"", name});
  storage_.erase(name);
  versions_.erase(name);
  return names_.erase(name) != 0;
}

void Definitions::OnListEnd() {
  bool gone = false;
  for (const std::string& name : std::set(names_)) {
    if (!seen_.contains(name)) gone = Forget(name) || gone;
  }
  if (gone) on_change_();
}

void Definitions::OnPut(Item item) {
  const std::string& name = item.key.name;
  if (!IsOfWantedGroup(name)) return;
  seen_.insert(name);
  names_.insert(name);
  if (name.ends_with(Cat(".", resource::kEmissaryGroup)) &&
      std::exchange(versions_[name], item.resource_version) != item.resource_version) {
    reads_.WantAnew({"", name});
  }
  // One that changed may serve another version now.
  on_change_();
}

void Definitions::OnDelete(const Item& item) {
  seen_.erase(item.key.name);
  if (Forget(item.key.name)) on_change_();
}

// Whichever version it is: when the watch tells of another one, it is read again.
bool Definitions::OnRead(const Item& item) {
  const std::string storage = StorageOf(item.object);
  if (storage.empty()) return false;
  if (std::exchange(storage_[item.key.name], storage) != storage) on_change_();
  return true;
}

}  // namespace nuncio::kube
