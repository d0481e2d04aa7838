#include "nuncio/envoy/value_rules.h"

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "nuncio/base/utf8.h"

namespace nuncio::envoy {
namespace {

using google::protobuf::FieldDescriptor;

template <typename Rules, typename Value>
std::string NumberProblem(Value value, const Rules& rules) {
  if (rules.ignore_empty() && value == Value{}) return "";
  if (rules.has_const_() && value != rules.const_()) return absl::StrCat("must be ", rules.const_());
  if (rules.has_lt() && !(value < rules.lt())) return absl::StrCat("must be below ", rules.lt());
  if (rules.has_lte() && !(value <= rules.lte())) return absl::StrCat("must be at most ", rules.lte());
  if (rules.has_gt() && !(value > rules.gt())) return absl::StrCat("must be above ", rules.gt());
  if (rules.has_gte() && !(value >= rules.gte())) return absl::StrCat("must be at least ", rules.gte());
  const auto holds = [&](const auto& list) { return std::find(list.begin(), list.end(), value) != list.end(); };
  if (rules.in_size() > 0 && !holds(rules.in())) return "is not one of the allowed values";
  if (holds(rules.not_in())) return "is a value that is not allowed";
  return "";
}

// The characters that the API's "well known" expressions leave out. Names may hold token characters only when `strict`.
std::string HeaderProblem(std::string_view value, const validate::StringRules& rules) {
  const bool name = rules.well_known_regex() == validate::HTTP_HEADER_NAME;
  const auto is_token = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_|~`").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!rules.strict()) {
    const bool bad = value.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos;
    return bad ? "must not hold a line break or a NUL" : "";
  }
  if (!name) {
    const bool bad =
        std::any_of(value.begin(), value.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
    return bad ? "must not hold control characters" : "";
  }
  if (value.starts_with(':')) value.remove_prefix(1);
  return !value.empty() && std::all_of(value.begin(), value.end(), is_token) ? ""
                                                                             : "must be the name of an HTTP header";
}

std::string LengthProblem(const std::string& value, const validate::StringRules& rules) {
  if (value.size() < rules.min_bytes() || (value.empty() && rules.min_len() > 0)) return "must not be empty";
  if (rules.min_len() > 1 || rules.has_max_len() || rules.has_len()) {
    const uint64_t runes = std::count_if(value.begin(), value.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (runes < rules.min_len()) return absl::StrCat("must have at least ", rules.min_len(), " characters");
    if (rules.has_max_len() && runes > rules.max_len())
      return absl::StrCat("must have at most ", rules.max_len(), " characters");
    if (rules.has_len() && runes != rules.len()) return absl::StrCat("must have ", rules.len(), " characters");
  }
  if (rules.has_max_bytes() && value.size() > rules.max_bytes()) {
    return absl::StrCat("must have at most ", rules.max_bytes(), " bytes");
  }
  return "";
}

std::string StringProblem(const std::string& value, const validate::StringRules& rules, const re2::RE2* pattern) {
  if (ValidUtf8Prefix(value) != value.size()) return "must be UTF-8";
  if (value.empty() && rules.ignore_empty()) return "";
  if (std::string problem = LengthProblem(value, rules); !problem.empty()) return problem;
  if (pattern != nullptr && !re2::RE2::PartialMatch(value, *pattern)) {
    return absl::StrCat("must match ", pattern->pattern());
  }
  if (!value.starts_with(rules.prefix())) return absl::StrCat("must start with ", rules.prefix());
  if (!value.ends_with(rules.suffix())) return absl::StrCat("must end with ", rules.suffix());
  const auto holds = [&](const auto& list) { return std::find(list.begin(), list.end(), value) != list.end(); };
  if (rules.in_size() > 0 && !holds(rules.in())) return "is not one of the allowed values";
  if (holds(rules.not_in())) return "is a value that is not allowed";
  if (rules.has_well_known_regex()) return HeaderProblem(value, rules);
  return "";
}

std::string BytesProblem(const std::string& value, const validate::BytesRules& rules) {
  if (value.size() < rules.min_len()) return "must not be empty";
  if (rules.has_max_len() && value.size() > rules.max_len())
    return absl::StrCat("must have at most ", rules.max_len(), " bytes");
  return "";
}

std::string EnumProblem(int value, const FieldDescriptor* field, const validate::EnumRules& rules) {
  if (rules.defined_only() && field->enum_type()->FindValueByNumber(value) == nullptr) {
    return "is not one of the values that Envoy knows";
  }
  const auto holds = [&](const auto& list) { return std::find(list.begin(), list.end(), value) != list.end(); };
  return holds(rules.not_in()) ? "is a value that is not allowed" : "";
}

}  // namespace

std::string ScalarProblem(const pb::Message& message, const google::protobuf::Reflection* reflection,
                          const FieldDescriptor* field, int index, const validate::FieldRules& rules,
                          const re2::RE2* pattern) {
  // The value by the accessor for its place.
  const auto get = [&](auto single, auto repeated) {
    return index < 0 ? (reflection->*single)(message, field) : (reflection->*repeated)(message, field, index);
  };
  using R = google::protobuf::Reflection;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& value = index < 0 ? reflection->GetStringReference(message, field, &scratch)
                                           : reflection->GetRepeatedStringReference(message, field, index, &scratch);
      return field->type() == FieldDescriptor::TYPE_BYTES ? BytesProblem(value, rules.bytes())
                                                          : StringProblem(value, rules.string(), pattern);
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      return NumberProblem(get(&R::GetUInt32, &R::GetRepeatedUInt32), rules.uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return NumberProblem(get(&R::GetUInt64, &R::GetRepeatedUInt64), rules.uint64());
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberProblem(get(&R::GetInt32, &R::GetRepeatedInt32), rules.int32());
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberProblem(get(&R::GetInt64, &R::GetRepeatedInt64), rules.int64());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return NumberProblem(get(&R::GetFloat, &R::GetRepeatedFloat), rules.float_());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return NumberProblem(get(&R::GetDouble, &R::GetRepeatedDouble), rules.double_());
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumProblem(get(&R::GetEnumValue, &R::GetRepeatedEnumValue), field, rules.enum_());
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!rules.bool_().has_const_() || get(&R::GetBool, &R::GetRepeatedBool) == rules.bool_().const_()) return "";
      return rules.bool_().const_() ? "must be true" : "must be false";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "";
}

std::string ProblemOf(const google::protobuf::Duration& value, const validate::DurationRules& rules) {
  const auto number = [](const google::protobuf::Duration& d) { return std::tuple(d.seconds(), d.nanos()); };
  const auto text = [](const google::protobuf::Duration& d) {
    return absl::StrCat(static_cast<double>(d.seconds()) + d.nanos() / 1e9, "s");
  };
  if (rules.has_lt() && !(number(value) < number(rules.lt()))) return absl::StrCat("must be below ", text(rules.lt()));
  if (rules.has_lte() && !(number(value) <= number(rules.lte())))
    return absl::StrCat("must be at most ", text(rules.lte()));
  if (rules.has_gt() && !(number(value) > number(rules.gt()))) return absl::StrCat("must be above ", text(rules.gt()));
  if (rules.has_gte() && !(number(value) >= number(rules.gte())))
    return absl::StrCat("must be at least ", text(rules.gte()));
  return "";
}

std::string TextOfElement(const pb::Message& message, const FieldDescriptor* field, int index) {
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &text);
  return text;
}

}  // namespace nuncio::envoy
