#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/translate/emissary/hosts.h"

namespace nuncio::translate::emissary {

// The different mappingSelectors of the Hosts, found by labels without trying each of 10,000.
class HostSelectors {
 public:
  HostSelectors(const std::vector<ActiveHost>& hosts, bool strict);

  // The numbers of those that choose an object with these labels, ascending. One without pairs chooses everything and
  // tells nothing apart: it has no number.
  std::vector<size_t> Matching(const resource::StringMap& labels) const;
  bool operator==(const HostSelectors&) const = default;

 private:
  bool strict_;
  std::vector<resource::StringMap> selectors_;  // sorted
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> by_pair_;
};

}  // namespace nuncio::translate::emissary
