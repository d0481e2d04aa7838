#include "nuncio/base/document_builder.h"

#include <utility>

#include "nuncio/base/text.h"

namespace nuncio {

void DocumentBuilder::Key(std::string key, Place place) {
  Frame& frame = frames_.back();
  if (frame.value.contains(key)) {
    throw DocumentFault(place.line, place.column, Cat("the key \"", key, "\" stands here a second time"));
  }
  frame.key = std::move(key);
  frame.has_key = true;
  frame.place = place;
}

void DocumentBuilder::Value(Json value, Place place) {
  LineTree lines;
  lines.line = place.line;
  Attach(std::move(value), std::move(lines), place);
}

void DocumentBuilder::Start(Json empty, Place place) {
  Charge(1, 0, place);
  CheckDepth(frames_.size(), place);
  Frame& frame = frames_.emplace_back();
  frame.value = std::move(empty);
  frame.place = place;
  frame.lines.line = place.line;
}

const Json* DocumentBuilder::End() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  for (Json& merge : frame.merges) {
    for (auto& [key, value] : merge.items()) {
      if (!frame.value.contains(key)) frame.value[key] = std::move(value);
    }
  }
  const Place place{frame.lines.line, 1};
  Attach(std::move(frame.value), std::move(frame.lines), place);
  return last_;
}

void DocumentBuilder::Charge(size_t nodes, size_t string_bytes, Place place) {
  nodes_ += nodes;
  string_bytes_ += string_bytes;
  if (nodes_ > limits_.nodes || string_bytes_ > limits_.string_bytes) {
    throw DocumentFault(place.line, place.column, "larger than is allowed once its aliases are resolved");
  }
}

void DocumentBuilder::ChargeBelow(const Json& value, size_t depth, Place place) {
  Charge(1, value.is_string() ? value.get_ref<const std::string&>().size() : 0, place);
  if (!value.is_structured()) return;
  CheckDepth(depth, place);
  for (const auto& [key, member] : value.items()) {
    if (value.is_object()) Charge(0, key.size(), place);
    ChargeBelow(member, depth + 1, place);
  }
}

void DocumentBuilder::CheckDepth(size_t depth, Place place) const {
  if (depth < limits_.depth) return;
  throw DocumentFault(place.line, place.column, Cat("nested deeper than ", limits_.depth, " levels"));
}

YamlDocument DocumentBuilder::Take() {
  done_ = false;
  return std::exchange(document_, {});
}

void DocumentBuilder::Attach(Json value, LineTree lines, Place place) {
  if (frames_.empty()) {
    document_ = {std::move(value), std::move(lines)};
    last_ = &document_.value;
    done_ = true;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.merging) return Merge(frame, std::move(value), place);
  const bool marked = frames_.size() <= limits_.marked_depth;
  if (frame.value.is_array()) {
    if (marked) frame.lines.members[std::to_string(frame.value.size())] = std::move(lines);
    frame.value.push_back(std::move(value));
    last_ = &frame.value.back();
    return;
  }
  if (marked) {
    lines.line = frame.place.line;  // a member stands where its key stands
    frame.lines.members[frame.key] = std::move(lines);
  }
  last_ = &(frame.value[frame.key] = std::move(value));
  frame.has_key = false;
}

void DocumentBuilder::Merge(Frame& frame, Json value, Place place) {
  frame.merging = false;
  Json list = value.is_array() ? std::move(value) : Json::array({std::move(value)});
  for (Json& each : list) {
    if (!each.is_object())
      throw DocumentFault(place.line, place.column, "\"<<\" must name an object or a list of objects");
    frame.merges.push_back(std::move(each));
  }
  last_ = nullptr;
}

}  // namespace nuncio
