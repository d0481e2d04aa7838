#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/resource/emissary_common.h"
#include "nuncio/resource/meta.h"
#include "nuncio/store/table.h"

namespace nuncio::translate::emissary {

// Whether an instance of this AMBASSADOR_ID takes the object: its list holds the ID or "_automatic_"; an empty list
// means "default" (emissary documentation, "ambassador_id").
bool IsMine(const resource::AmbassadorId& object_id, const std::string& instance_id);

// The order in which Emissary visits objects, which is what decides "the first one wins": by "<name>.<namespace>".
std::string VisitKey(const resource::Meta& meta);

// The objects of one kind that this instance takes, in visiting order. They live as long as the table's objects.
template <typename T>
std::vector<const T*> Mine(const store::Table<T>& table, const std::string& instance_id) {
  std::vector<std::pair<std::string, const T*>> keyed;
  for (const std::shared_ptr<const T>& object : table) {
    if (IsMine(object->ambassador_id, instance_id)) keyed.emplace_back(VisitKey(object->meta), object.get());
  }
  std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const T*> objects;
  objects.reserve(keyed.size());
  for (const auto& [key, object] : keyed) objects.push_back(object);
  return objects;
}

// Every pair of the selector is on the labels. With `strict` off, one pair is enough (DISABLE_STRICT_LABEL_SELECTORS).
// An empty selector matches everything.
bool SelectorMatches(const resource::StringMap& match_labels, const resource::StringMap& labels, bool strict);

}  // namespace nuncio::translate::emissary
