#include "nuncio/base/yaml_write.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "nuncio/base/text.h"
#include "nuncio/base/yaml_scalar.h"

namespace nuncio {
namespace {

// YAML 1.2, 7.4.2: a key before its ":" has at most 1024 characters.
constexpr size_t kLongestImplicitKey = 1000;

bool HasControl(std::string_view text) {
  // Besides the controls of ASCII: NEL, LS, PS and the byte order mark, which some readers take as breaks or drop.
  for (const std::string_view special : {"\u0085", "\u2028", "\u2029", "\ufeff"}) {
    if (text.find(special) != std::string_view::npos) return true;
  }
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool ReadsBackPlain(const std::string& text) {
  if (text.empty() || HasControl(text)) return false;
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=";
  const char first = text.front();
  if (first == ' ' || text.back() == ' ' || text.back() == ':') return false;
  const bool dash_word = first == '-' && text.size() > 1 && text[1] != ' ' && text[1] != '-';
  if (kIndicators.find(first) != std::string_view::npos && !dash_word) return false;
  if (text.starts_with("...") || text.starts_with("<<")) return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  return ResolvePlainScalar(text).is_string();
}

std::string Quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

bool FitsLiteralBlock(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.ends_with("\n\n") || text == "\n") return false;
  const std::vector<std::string_view> lines = Lines(text);
  const auto plain = [](std::string_view line) {
    return line.empty() || (!HasControl(line) && line.find_first_not_of(' ') != std::string_view::npos);
  };
  // A leading space would need an indentation indicator, a leading empty line has no indentation to detect.
  return !lines[0].empty() && lines[0][0] != ' ' && std::all_of(lines.begin(), lines.end(), plain);
}

class Writer {
 public:
  std::string Write(const Json& value) && {
    if (IsBlock(value)) {
      Block(value, 0);
    } else {
      Inline(value, 0);
    }
    return std::move(out_);
  }

 private:
  static bool IsBlock(const Json& value) { return value.is_structured() && !value.empty(); }

  void Indent(size_t columns) { out_.append(columns, ' '); }

  // The lines of an object or a list; the cursor is at the start of a line.
  void Block(const Json& value, size_t columns) {
    for (auto at = value.begin(); at != value.end(); ++at) {
      Indent(columns);
      Entry(value, at, columns);
    }
  }

  // One member or element; the indentation is already there.
  void Entry(const Json& owner, Json::const_iterator at, size_t columns) {
    if (owner.is_object()) {
      Key(at.key(), columns);
      if (!IsBlock(*at)) return out_ += ' ', Inline(*at, columns);
      out_ += '\n';
      return Block(*at, at->is_array() ? columns : columns + 2);
    }
    out_ += "- ";
    if (!IsBlock(*at)) return Inline(*at, columns);
    Compact(*at, columns + 2);
  }

  // As Block, with the cursor already at the first entry's column ("- a: 1").
  void Compact(const Json& value, size_t columns) {
    for (auto at = value.begin(); at != value.end(); ++at) {
      if (at != value.begin()) Indent(columns);
      Entry(value, at, columns);
    }
  }

  void Key(const std::string& key, size_t columns) {
    const std::string text = ReadsBackPlain(key) ? key : Quoted(key);
    if (text.size() <= kLongestImplicitKey) {
      out_ += Cat(text, ":");
    } else {
      out_ += Cat("? ", text, "\n");
      Indent(columns);
      out_ += ':';
    }
  }

  void Inline(const Json& value, size_t columns) {
    if (!value.is_string()) {
      out_ += Cat(value.dump(), "\n");
    } else if (const auto& text = value.get_ref<const std::string&>(); FitsLiteralBlock(text)) {
      Literal(text, columns + 2);
    } else {
      out_ += Cat(ReadsBackPlain(text) ? text : Quoted(text), "\n");
    }
  }

  void Literal(const std::string& text, size_t columns) {
    const bool ends = text.ends_with('\n');
    out_ += ends ? "|\n" : "|-\n";
    const std::string_view body = std::string_view(text).substr(0, text.size() - (ends ? 1 : 0));
    for (const std::string_view line : Lines(body)) {
      if (!line.empty()) Indent(columns);
      out_ += Cat(line, "\n");
    }
  }

  std::string out_;
};

}  // namespace

std::string ToYaml(const Json& value) { return Writer().Write(value); }

}  // namespace nuncio
