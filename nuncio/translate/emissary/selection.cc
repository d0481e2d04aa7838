#include "nuncio/translate/emissary/selection.h"

#include "absl/strings/str_cat.h"

namespace nuncio::translate::emissary {

bool IsMine(const resource::AmbassadorId& object_id, const std::string& instance_id) {
  if (object_id.empty()) return instance_id == "default";
  return std::any_of(object_id.begin(), object_id.end(),
                     [&](const std::string& id) { return id == instance_id || id == "_automatic_"; });
}

std::string VisitKey(const resource::Meta& meta) { return absl::StrCat(meta.name, ".", meta.ns); }

bool SelectorMatches(const resource::StringMap& match_labels, const resource::StringMap& labels, bool strict) {
  const auto on_labels = [&](const auto& pair) {
    const auto at = labels.find(pair.first);
    return at != labels.end() && at->second == pair.second;
  };
  if (match_labels.empty()) return true;
  return strict ? std::all_of(match_labels.begin(), match_labels.end(), on_labels)
                : std::any_of(match_labels.begin(), match_labels.end(), on_labels);
}

}  // namespace nuncio::translate::emissary
