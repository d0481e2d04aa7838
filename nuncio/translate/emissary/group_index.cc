#include "nuncio/translate/emissary/group_index.h"

#include <algorithm>
#include <numeric>

#include "nuncio/translate/emissary/host_glob.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

using Scope = MappingGroup::HostScope;

bool HasStar(const std::string& glob) { return !glob.empty() && (glob.front() == '*' || glob.back() == '*'); }

}  // namespace

bool Takes(const ActiveHost& host, const MappingGroup& group, bool strict_selectors) {
  if (group.scope == Scope::kEvery) return true;
  const bool has_name = group.scope != Scope::kNone;
  const bool name_matches =
      group.scope == Scope::kRegex || (group.scope == Scope::kGlob && HostGlobsOverlap(host.hostname, group.host_glob));
  const bool has_selector = host.mapping_selector.has_value();
  const bool selected = has_selector && SelectorMatches(*host.mapping_selector, group.labels, strict_selectors);
  if (!strict_selectors) return name_matches || selected;
  if (!has_name && !has_selector) return false;
  return (!has_name || name_matches) && (!has_selector || selected);
}

GroupIndex::GroupIndex(const MappingGroups& groups, bool strict_selectors)
    : groups_(groups), strict_(strict_selectors) {
  for (size_t i = 0; i < groups.size(); ++i) {
    const MappingGroup& group = *groups[i];
    if (group.scope == Scope::kNone) {
      nameless_.push_back(i);
      for (const auto& label : *group.labels) nameless_by_label_[label].push_back(i);
    } else if (group.scope == Scope::kGlob && !HasStar(group.host_glob)) {
      by_name_[group.host_glob].push_back(i);
    } else {
      others_.push_back(i);
    }
  }
}

std::vector<size_t> GroupIndex::TakenBy(const ActiveHost& host) const {
  std::vector<size_t> taken;
  const auto take_from = [&](const std::vector<size_t>& candidates) {
    for (const size_t i : candidates) {
      if (Takes(host, *groups_[i], strict_)) taken.push_back(i);
    }
  };
  if (!strict_ || HasStar(host.hostname)) {
    std::vector<size_t> all(groups_.size());
    std::iota(all.begin(), all.end(), size_t{0});
    take_from(all);
    return taken;
  }
  if (const auto at = by_name_.find(host.hostname); at != by_name_.end()) take_from(at->second);
  take_from(others_);
  if (host.mapping_selector && host.mapping_selector->empty()) {
    take_from(nameless_);
  } else if (host.mapping_selector) {
    // Every pair has to be there: the groups with the first one are all that can have them.
    const auto at = nameless_by_label_.find(*host.mapping_selector->begin());
    if (at != nameless_by_label_.end()) take_from(at->second);
  }
  std::sort(taken.begin(), taken.end());
  return taken;
}

}  // namespace nuncio::translate::emissary
