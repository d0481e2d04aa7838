#include "nuncio/xds/strings.h"

#include <google/protobuf/unknown_field_set.h>

namespace nuncio::xds {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// What Envoy's messages nest, a listener's filters within filters included, is less than half of it. A user's string
// may look like messages within messages without end.
constexpr int kMaxDepth = 40;

void Collect(const std::string& bytes, int depth, std::set<std::string>& strings) {
  UnknownFieldSet fields;
  if (depth == kMaxDepth || !fields.ParseFromString(bytes)) return;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED || field.length_delimited().empty()) continue;
    strings.insert(field.length_delimited());
    Collect(field.length_delimited(), depth + 1, strings);
  }
}

}  // namespace

std::set<std::string> StringsIn(const std::string& bytes) {
  std::set<std::string> strings;
  Collect(bytes, 0, strings);
  return strings;
}

}  // namespace nuncio::xds
