#include "nuncio/translate/emissary/host_selectors.h"

#include <set>

#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {

HostSelectors::HostSelectors(const std::vector<ActiveHost>& hosts, bool strict) : strict_(strict) {
  std::set<resource::StringMap> different;
  for (const ActiveHost& host : hosts) {
    if (host.mapping_selector && !host.mapping_selector->empty()) different.insert(*host.mapping_selector);
  }
  selectors_.assign(different.begin(), different.end());
  for (size_t i = 0; i < selectors_.size(); ++i) {
    for (const auto& pair : selectors_[i]) {
      by_pair_[pair].push_back(i);
      if (strict_) break;  // every pair has to be there: one of them finds the selector
    }
  }
}

std::vector<size_t> HostSelectors::Matching(const resource::StringMap& labels) const {
  std::set<size_t> matching;
  for (const auto& pair : labels) {
    const auto at = by_pair_.find(pair);
    if (at == by_pair_.end()) continue;
    for (const size_t i : at->second) {
      if (SelectorMatches(selectors_[i], labels, strict_)) matching.insert(i);
    }
  }
  return {matching.begin(), matching.end()};
}

}  // namespace nuncio::translate::emissary
