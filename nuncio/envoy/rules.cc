#include "nuncio/envoy/rules.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/envoy/rule_plan.h"
#include "nuncio/envoy/value_rules.h"

namespace nuncio::envoy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

std::optional<Violation> Check(const pb::Message& message, const MessagePlan& plan);

std::optional<Violation> Below(const std::string& segment, std::optional<Violation> violation) {
  if (!violation) return std::nullopt;
  if (violation->field.empty()) return Violation{segment, violation->problem};
  return Violation{absl::StrCat(segment, violation->field.starts_with('[') ? "" : ".", violation->field),
                   violation->problem};
}

std::optional<Violation> CheckAny(const google::protobuf::Any& any) {
  if (any.type_url().empty()) return std::nullopt;
  const std::string name = any.type_url().substr(any.type_url().find('/') + 1);
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return Violation{"", absl::StrCat("is of a type that is not known: ", name)};
  const MessagePlan& plan = RulePlans::Get().For(type);
  if (plan.empty()) return std::nullopt;
  std::unique_ptr<pb::Message> packed(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!packed->ParseFromString(any.value())) return Violation{"", "holds text that is not UTF-8"};
  return Check(*packed, plan);
}

// A wrapper (UInt32Value and its like) has the rules of what it wraps.
std::string ProblemOfMessage(const pb::Message& value, const validate::FieldRules& rules) {
  if (rules.has_duration()) return ProblemOf(static_cast<const google::protobuf::Duration&>(value), rules.duration());
  const FieldDescriptor* wrapped =
      value.GetDescriptor()->field_count() == 1 ? value.GetDescriptor()->field(0) : nullptr;
  if (wrapped == nullptr || wrapped->is_repeated() || wrapped->name() != "value") return "";
  return ScalarProblem(value, wrapped, -1, rules, nullptr);
}

std::optional<Violation> CheckElement(const pb::Message& message, const FieldPlan& plan, int index,
                                      const validate::FieldRules* rules) {
  const Reflection* reflection = message.GetReflection();
  if (plan.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    static const validate::FieldRules kNone;
    const std::string problem =
        ScalarProblem(message, plan.field, index, rules == nullptr ? kNone : *rules, plan.pattern.get());
    if (problem.empty()) return std::nullopt;
    return Violation{"", problem};
  }
  const pb::Message& value = index < 0 ? reflection->GetMessage(message, plan.field)
                                       : reflection->GetRepeatedMessage(message, plan.field, index);
  if (rules != nullptr) {
    const std::string problem = ProblemOfMessage(value, *rules);
    if (!problem.empty()) return Violation{"", problem};
  }
  return plan.inside == nullptr ? std::nullopt : Check(value, *plan.inside);
}

std::string ProblemOfCount(uint64_t count, uint64_t least, uint64_t most) {
  if (count < least) return absl::StrCat("must have at least ", least, least == 1 ? " entry" : " entries");
  if (count > most) return absl::StrCat("must have at most ", most, most == 1 ? " entry" : " entries");
  return "";
}

std::string ProblemOfRepeated(const pb::Message& message, const FieldPlan& plan, int size) {
  const validate::RepeatedRules& rules = plan.rules->repeated();
  if (size == 0 && rules.ignore_empty()) return "";
  const std::string problem =
      ProblemOfCount(size, rules.min_items(), rules.has_max_items() ? rules.max_items() : UINT64_MAX);
  if (!problem.empty() || !rules.unique()) return problem;
  std::set<std::string> seen;
  for (int i = 0; i < size; ++i) {
    if (!seen.insert(TextOfElement(message, plan.field, i)).second) return "must not have an entry twice";
  }
  return "";
}

std::optional<Violation> CheckRepeated(const pb::Message& message, const FieldPlan& plan) {
  const int size = message.GetReflection()->FieldSize(message, plan.field);
  const validate::FieldRules* items = nullptr;
  std::string problem;
  if (plan.rules != nullptr && plan.rules->has_repeated()) {
    problem = ProblemOfRepeated(message, plan, size);
    if (plan.rules->repeated().has_items()) items = &plan.rules->repeated().items();
  }
  if (plan.rules != nullptr && plan.rules->has_map()) {
    const validate::MapRules& rules = plan.rules->map();
    problem = ProblemOfCount(size, rules.min_pairs(), rules.has_max_pairs() ? rules.max_pairs() : UINT64_MAX);
  }
  if (!problem.empty()) return Violation{plan.field->name(), problem};
  for (int i = 0; i < size; ++i) {
    if (auto violation = CheckElement(message, plan, i, items)) {
      return Below(absl::StrCat(plan.field->name(), "[", i, "]"), std::move(violation));
    }
  }
  return std::nullopt;
}

bool IsRequired(const validate::FieldRules& rules) {
  return rules.message().required() || rules.duration().required() || rules.any().required();
}

std::optional<Violation> CheckSingle(const pb::Message& message, const FieldPlan& plan) {
  // What is not set is judged by `required` alone, and in a oneof not even by that; a plain scalar has a value always.
  if (plan.field->has_presence() && !message.GetReflection()->HasField(message, plan.field)) {
    const bool chosen_among_others = plan.field->real_containing_oneof() != nullptr;
    if (chosen_among_others || plan.rules == nullptr || !IsRequired(*plan.rules)) return std::nullopt;
    return Violation{plan.field->name(), "must be set"};
  }
  return Below(plan.field->name(), CheckElement(message, plan, -1, plan.rules));
}

std::optional<Violation> Check(const pb::Message& message, const MessagePlan& plan) {
  if (plan.is_any) return CheckAny(static_cast<const google::protobuf::Any&>(message));
  for (const auto* choice : plan.required_choices) {
    if (!message.GetReflection()->HasOneof(message, choice)) return Violation{choice->name(), "must be set"};
  }
  for (const FieldPlan& field : plan.fields) {
    auto violation = field.field->is_repeated() ? CheckRepeated(message, field) : CheckSingle(message, field);
    if (violation) return violation;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> FirstViolation(const pb::Message& message) {
  return Check(message, RulePlans::Get().For(message.GetDescriptor()));
}

}  // namespace nuncio::envoy
