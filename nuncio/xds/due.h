#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace nuncio::xds {

// What is to be sent of one type: the names, each with the generation that first needed it. Not thread-safe.
class Due {
 public:
  enum class What { kSend, kRemove };

  // An older generation that needs the name is kept.
  void Add(const std::string& name, What what, uint64_t generation) {
    const std::optional<uint64_t> before = Erase(name);
    generation = std::min(generation, before.value_or(generation));
    (what == What::kSend ? send_ : remove_)[name] = generation;
    generations_.insert(generation);
  }
  // The generation that needed it, nullopt: it was not due.
  std::optional<uint64_t> Erase(const std::string& name) {
    for (auto* names : {&send_, &remove_}) {
      const auto found = names->find(name);
      if (found == names->end()) continue;
      const uint64_t generation = found->second;
      generations_.erase(generations_.find(generation));
      names->erase(found);
      return generation;
    }
    return std::nullopt;
  }

  bool empty() const { return generations_.empty(); }
  std::optional<uint64_t> oldest() const {
    return generations_.empty() ? std::nullopt : std::optional(*generations_.begin());
  }
  const std::map<std::string, uint64_t>& to_send() const { return send_; }
  const std::map<std::string, uint64_t>& to_remove() const { return remove_; }

 private:
  std::map<std::string, uint64_t> send_, remove_;
  std::multiset<uint64_t> generations_;
};

}  // namespace nuncio::xds
