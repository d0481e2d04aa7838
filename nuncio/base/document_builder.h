#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "nuncio/base/yaml.h"

namespace nuncio {

// Thrown within the readers of base/yaml.cc and caught there.
struct DocumentFault : std::runtime_error {
  DocumentFault(int at_line, int at_column, const std::string& message)
      : std::runtime_error(message), line(at_line), column(at_column) {}
  int line;
  int column;
};

// Puts a Json together from a parser's events, within limits. What every limit means is checked here, once, for YAML
// and JSON; a violation throws DocumentFault. One builder serves all documents of a text, because the limits do.
class DocumentBuilder {
 public:
  struct Place {
    int line = 0;
    int column = 0;
  };

  explicit DocumentBuilder(const YamlLimits& limits) : limits_(limits) {}

  void Key(std::string key, Place place);
  // The next key is `<<`: its value's members are defaults for this object.
  void MergeKey() { frames_.back().merging = true; }
  // `nodes` and `string_bytes` of the value have to be accounted for first: Charge().
  void Value(Json value, Place place);
  void StartObject(Place place) { Start(Json::object(), place); }
  void StartList(Place place) { Start(Json::array(), place); }
  // Ends the innermost object or list and returns a pointer to it, valid until the next call.
  const Json* End();

  bool InObject() const { return !frames_.empty() && frames_.back().value.is_object(); }
  bool ExpectsKey() const { return InObject() && !frames_.back().has_key && !frames_.back().merging; }

  void Charge(size_t nodes, size_t string_bytes, Place place);
  // Accounts for a copy of `value` at the current depth, which may not lead below the limit either.
  void ChargeCopy(const Json& value, Place place) { ChargeBelow(value, frames_.size(), place); }

  // REQUIRES: every Start has its End.
  YamlDocument Take();
  bool HasValue() const { return done_; }

 private:
  struct Frame {
    Json value;
    std::string key;
    bool has_key = false;
    bool merging = false;
    Place place;
    std::vector<Json> merges;
    LineTree lines;
  };

  void ChargeBelow(const Json& value, size_t depth, Place place);
  void CheckDepth(size_t depth, Place place) const;
  void Start(Json empty, Place place);
  void Attach(Json value, LineTree lines, Place place);
  void Merge(Frame& frame, Json value, Place place);

  const YamlLimits limits_;
  std::vector<Frame> frames_;
  YamlDocument document_;
  const Json* last_ = nullptr;
  bool done_ = false;
  size_t nodes_ = 0;
  size_t string_bytes_ = 0;
};

}  // namespace nuncio
