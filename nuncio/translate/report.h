#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nuncio/ir/finding.h"
#include "nuncio/resource/meta.h"

namespace nuncio::translate {

ir::Origin OriginOf(std::string_view kind, const resource::Meta& meta);

// Collects findings while a snapshot is translated. Not thread-safe; lives as long as one translation.
class Report {
 public:
  void Error(const ir::Origin& object, std::string_view code, std::string field, std::string message);
  void Warning(const ir::Origin& object, std::string_view code, std::string field, std::string message);
  void Notice(const ir::Origin& object, std::string_view code, std::string field, std::string message);

  void Add(const ir::Findings& findings) { findings_.insert(findings_.end(), findings.begin(), findings.end()); }

  // The findings hold until that moment at most, Unix time in s.
  void HoldsUntil(int64_t moment) { holds_until_ = std::min(holds_until_.value_or(moment), moment); }
  std::optional<int64_t> holds_until() const { return holds_until_; }

  // All of them, sorted and without duplicates. Leaves the report empty.
  ir::Findings Take();

 private:
  ir::Findings findings_;
  std::optional<int64_t> holds_until_;
};

}  // namespace nuncio::translate
