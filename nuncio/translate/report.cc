#include "nuncio/translate/report.h"

#include <algorithm>
#include <utility>

namespace nuncio::translate {

ir::Origin OriginOf(std::string_view kind, const resource::Meta& meta) {
  return {std::string(kind), meta.ns, meta.name, meta.source.file, meta.source.line};
}

void Report::Error(const ir::Origin& object, std::string_view code, std::string field, std::string message) {
  findings_.push_back({ir::Severity::kError, std::string(code), object, std::move(field), std::move(message)});
}

void Report::Warning(const ir::Origin& object, std::string_view code, std::string field, std::string message) {
  findings_.push_back({ir::Severity::kWarning, std::string(code), object, std::move(field), std::move(message)});
}

void Report::Notice(const ir::Origin& object, std::string_view code, std::string field, std::string message) {
  findings_.push_back({ir::Severity::kNotice, std::string(code), object, std::move(field), std::move(message)});
}

ir::Findings Report::Take() {
  std::sort(findings_.begin(), findings_.end());
  findings_.erase(std::unique(findings_.begin(), findings_.end()), findings_.end());
  return std::exchange(findings_, {});
}

}  // namespace nuncio::translate
