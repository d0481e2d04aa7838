#include "nuncio/base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include "nuncio/base/document_builder.h"
#include "nuncio/base/text.h"
#include "nuncio/base/utf8.h"
#include "nuncio/base/yaml_scalar.h"

namespace nuncio {
namespace {

using Place = DocumentBuilder::Place;

Place PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Asked about lines in rising order, tells whether a document separator stands on a line or on the ones above it that
// were not asked about. Reads the text once.
class SeparatorLines {
 public:
  explicit SeparatorLines(std::string_view text) : rest_(text) {}

  bool SeparatesBefore(size_t line) {
    bool found = false;
    for (; next_ <= line && !rest_.empty(); ++next_) {
      found = found || rest_.starts_with("---") || rest_.starts_with("...");
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    }
    return found;
  }

 private:
  std::string_view rest_;
  size_t next_ = 0;
};

// yaml-cpp's parser calls; the builder builds. yaml-cpp itself refuses nesting that would exhaust its stack.
class YamlEvents : public YAML::EventHandler {
 public:
  YamlEvents(DocumentBuilder& builder, std::string_view text) : builder_(builder), lines_(text) {}

  // yaml-cpp 0.7 takes whatever follows a document's end as the next document ("{a: 1} {b: 2}"), and at a token that
  // none can start with it reports empty ones for ever. YAML 1.2, 9.2: between two documents stands "---" or "...".
  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    const bool separated = lines_.SeparatesBefore(static_cast<size_t>(mark.line));
    if (last_start_ >= 0 && (mark.pos <= last_start_ || !separated)) {
      throw DocumentFault(mark.line + 1, mark.column + 1, "unexpected text after the end of the document");
    }
    last_start_ = mark.pos;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Scalar(nullptr, "", PlaceOf(mark), anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = PlaceOf(mark);
    const auto at = anchors_.find(anchor);
    if (at == anchors_.end()) throw DocumentFault(place.line, place.column, "an alias stands within its own anchor");
    if (builder_.ExpectsKey()) return Scalar(at->second, at->second.dump(), place, 0);
    builder_.ChargeCopy(at->second, place);
    builder_.Value(at->second, place);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const Place place = PlaceOf(mark);
    const bool plain = tag.empty() || tag == "?";
    if (plain && text == "<<" && builder_.ExpectsKey()) return builder_.MergeKey();
    CheckTag(tag, place);
    const bool string = tag == "!" || tag == "tag:yaml.org,2002:str";
    Scalar(string ? Json(text) : ResolvePlainScalar(text), text, place, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    StartCollection(mark, tag, anchor);
    builder_.StartList(PlaceOf(mark));
  }
  void OnSequenceEnd() override { EndCollection(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    StartCollection(mark, tag, anchor);
    builder_.StartObject(PlaceOf(mark));
  }
  void OnMapEnd() override { EndCollection(); }

 private:
  void CheckTag(const std::string& tag, Place place) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?" || tag == "!") return;
    if (std::string_view(tag).starts_with(kCore)) {
      const std::string_view type = std::string_view(tag).substr(kCore.size());
      for (const char* known : {"str", "int", "float", "bool", "null", "map", "seq"}) {
        if (type == known) return;
      }
    }
    throw DocumentFault(place.line, place.column, Cat("the tag \"", tag, "\" is not supported"));
  }

  void Scalar(Json value, const std::string& text, Place place, YAML::anchor_t anchor) {
    builder_.ChargeCopy(value, place);
    if (anchor != 0) Remember(anchor, value, place);
    if (!builder_.ExpectsKey()) return builder_.Value(std::move(value), place);
    if (value.is_null() || value.is_structured())
      throw DocumentFault(place.line, place.column, "a key must be a string");
    // As kubectl: `on: x` is the key "true", `0x10: x` the key "16".
    const bool verbatim = value.is_string() || value.is_number_float();
    builder_.Key(value.is_string() ? value.get<std::string>() : verbatim ? text : value.dump(), place);
  }

  void StartCollection(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const Place place = PlaceOf(mark);
    CheckTag(tag, place);
    if (builder_.ExpectsKey()) throw DocumentFault(place.line, place.column, "a key must be a string");
    open_.push_back({anchor, place});
  }
  void EndCollection() {
    const auto [anchor, place] = open_.back();
    open_.pop_back();
    const Json* value = builder_.End();
    if (anchor != 0 && value != nullptr) Remember(anchor, *value, place);
  }
  void Remember(YAML::anchor_t anchor, const Json& value, Place place) {
    builder_.ChargeCopy(value, place);
    anchors_[anchor] = value;
  }

  DocumentBuilder& builder_;
  SeparatorLines lines_;
  int last_start_ = -1;
  std::unordered_map<YAML::anchor_t, Json> anchors_;
  std::vector<std::pair<YAML::anchor_t, Place>> open_;
};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // only a get area: never written to
    setg(begin, begin, begin + text.size());
  }
};

// Steps through a text and counts its lines, for a JSON parser that does not.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Place* place) : at_(at), place_(place) {}
  const char& operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (place_ != nullptr) {
      if (*at_ == '\n') {
        ++place_->line;
        place_->column = 0;
      }
      ++place_->column;
    }
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Place* place_;
};

class JsonEvents : public nlohmann::json_sax<Json> {
 public:
  JsonEvents(DocumentBuilder& builder, const Place& place) : builder_(builder), place_(place) {}

  bool null() override { return Scalar(nullptr); }
  bool boolean(bool value) override { return Scalar(value); }
  bool number_integer(number_integer_t value) override { return Scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return Scalar(value); }
  bool number_float(number_float_t, const string_t& text) override { return Scalar(ResolvePlainScalar(text)); }
  bool string(string_t& value) override { return Scalar(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return builder_.StartObject(place_), true; }
  bool key(string_t& key) override {
    builder_.Charge(1, key.size(), place_);
    return builder_.Key(std::move(key), place_), true;
  }
  bool end_object() override { return builder_.End(), true; }
  bool start_array(size_t) override { return builder_.StartList(place_), true; }
  bool end_array() override { return builder_.End(), true; }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& error) override {
    std::string message = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..."
    if (const size_t colon = message.find(": "); colon != std::string::npos) message.erase(0, colon + 2);
    throw DocumentFault(place_.line, place_.column, message);
  }

 private:
  bool Scalar(Json value) {
    builder_.ChargeCopy(value, place_);
    builder_.Value(std::move(value), place_);
    return true;
  }

  DocumentBuilder& builder_;
  const Place& place_;
};

std::optional<SyntaxError> CheckBytes(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes) {
    return SyntaxError{0, 0, Cat("larger than ", limits.bytes >> 20, " MiB")};
  }
  const size_t valid = ValidUtf8Prefix(text);
  const size_t nul = text.substr(0, valid).find('\0');
  if (valid == text.size() && nul == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, std::min(nul, valid));
  const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  const auto column = static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1;
  return SyntaxError{line, column, nul == std::string_view::npos ? "not UTF-8 text" : "a zero byte: not a text file"};
}

void TakeDocument(DocumentBuilder& builder, YamlStream& out) {
  if (!builder.HasValue()) return;
  YamlDocument document = builder.Take();
  if (!document.value.is_null()) out.documents.push_back(std::move(document));
}

}  // namespace

YamlStream ReadYaml(std::string_view text, const YamlLimits& limits) {
  YamlStream out;
  if (out.error = CheckBytes(text, limits); out.error) return out;
  ViewBuffer buffer(text);
  std::istream input(&buffer);
  DocumentBuilder builder(limits);
  YamlEvents events(builder, text);
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(events)) TakeDocument(builder, out);
  } catch (const DocumentFault& fault) {
    out.error = SyntaxError{fault.line, fault.column, fault.what()};
  } catch (const YAML::Exception& error) {
    out.error = SyntaxError{error.mark.line + 1, error.mark.column + 1, error.msg};
  }
  return out;
}

YamlStream ReadJson(std::string_view text, const YamlLimits& limits) {
  YamlStream out;
  if (out.error = CheckBytes(text, limits); out.error) return out;
  Place place{1, 1};
  CountingIterator at(text.data(), &place);
  const CountingIterator end(text.data() + text.size(), nullptr);
  DocumentBuilder builder(limits);
  JsonEvents events(builder, place);
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
  if (at == end) return out;
  try {
    Json::sax_parse(at, end, &events);
    TakeDocument(builder, out);
  } catch (const DocumentFault& fault) {
    out.error = SyntaxError{fault.line, fault.column, fault.what()};
  }
  return out;
}

}  // namespace nuncio
