#pragma once

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

  // All of them, sorted and without duplicates. Leaves the report empty.
  ir::Findings Take();

 private:
  ir::Findings findings_;
};

}  // namespace nuncio::translate
