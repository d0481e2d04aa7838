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

// The functions below return true when they have found something, and then fill in `found`: this is run on every field
// of every route, where returning the violation itself took most of the time.
bool Check(const pb::Message& message, const MessagePlan& plan, Violation* found);

bool Found(std::string problem, Violation* found) {
  if (problem.empty()) return false;
  *found = {"", std::move(problem)};
  return true;
}

// `segment` is where the message stands that `found` is about.
bool Below(const std::string& segment, Violation* found) {
  const bool joins = found->field.empty() || found->field.starts_with('[');
  found->field = absl::StrCat(segment, joins ? "" : ".", found->field);
  return true;
}

bool CheckAny(const google::protobuf::Any& any, Violation* found) {
  if (any.type_url().empty()) return false;
  const std::string name = any.type_url().substr(any.type_url().find('/') + 1);
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return Found(absl::StrCat("is of a type that is not known: ", name), found);
  const MessagePlan& plan = RulePlans::Get().For(type);
  if (plan.empty()) return false;
  std::unique_ptr<pb::Message> packed(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!packed->ParseFromString(any.value())) return Found("holds text that is not UTF-8", found);
  return Check(*packed, plan, found);
}

// A wrapper (UInt32Value and its like) has the rules of what it wraps.
std::string ProblemOfMessage(const pb::Message& value, const validate::FieldRules& rules) {
  if (rules.has_duration()) return ProblemOf(static_cast<const google::protobuf::Duration&>(value), rules.duration());
  const FieldDescriptor* wrapped =
      value.GetDescriptor()->field_count() == 1 ? value.GetDescriptor()->field(0) : nullptr;
  if (wrapped == nullptr || wrapped->is_repeated() || wrapped->name() != "value") return "";
  return ScalarProblem(value, value.GetReflection(), wrapped, -1, rules, nullptr);
}

bool CheckElement(const pb::Message& message, const Reflection* reflection, const FieldPlan& plan, int index,
                  const validate::FieldRules* rules, Violation* found) {
  static const validate::FieldRules kNone;
  if (!plan.is_message) {
    return Found(
        ScalarProblem(message, reflection, plan.field, index, rules == nullptr ? kNone : *rules, plan.pattern.get()),
        found);
  }
  const pb::Message& value = index < 0 ? reflection->GetMessage(message, plan.field)
                                       : reflection->GetRepeatedMessage(message, plan.field, index);
  if (rules != nullptr && Found(ProblemOfMessage(value, *rules), found)) return true;
  return plan.inside != nullptr && Check(value, *plan.inside, found);
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

bool CheckRepeated(const pb::Message& message, const Reflection* reflection, const FieldPlan& plan, Violation* found) {
  const int size = reflection->FieldSize(message, plan.field);
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
  if (Found(std::move(problem), found)) return Below(plan.field->name(), found);
  for (int i = 0; i < size; ++i) {
    if (CheckElement(message, reflection, plan, i, items, found)) {
      return Below(absl::StrCat(plan.field->name(), "[", i, "]"), found);
    }
  }
  return false;
}

bool IsRequired(const validate::FieldRules& rules) {
  return rules.message().required() || rules.duration().required() || rules.any().required();
}

// What is not set is judged by `required` alone; a plain scalar has a value always.
bool CheckSingle(const pb::Message& message, const Reflection* reflection, const FieldPlan& plan, Violation* found) {
  if (plan.has_presence && !reflection->HasField(message, plan.field)) {
    if (plan.rules == nullptr || !IsRequired(*plan.rules)) return false;
    *found = {plan.field->name(), "must be set"};
    return true;
  }
  return CheckElement(message, reflection, plan, -1, plan.rules, found) && Below(plan.field->name(), found);
}

// Of the members of a oneof at most one is set, and the rules of the others do not matter.
bool CheckChoice(const pb::Message& message, const Reflection* reflection, const ChoicePlan& plan, Violation* found) {
  const FieldDescriptor* chosen = reflection->GetOneofFieldDescriptor(message, plan.choice);
  if (chosen == nullptr) {
    if (!plan.required) return false;
    *found = {plan.choice->name(), "must be set"};
    return true;
  }
  const FieldPlan& member = plan.members[chosen->index_in_oneof()];
  if (member.field == nullptr) return false;
  return CheckElement(message, reflection, member, -1, member.rules, found) && Below(chosen->name(), found);
}

bool Check(const pb::Message& message, const MessagePlan& plan, Violation* found) {
  if (plan.is_any) return CheckAny(static_cast<const google::protobuf::Any&>(message), found);
  for (const FieldPlan& field : plan.fields) {
    if (field.is_repeated ? CheckRepeated(message, plan.reflection, field, found)
                          : CheckSingle(message, plan.reflection, field, found)) {
      return true;
    }
  }
  for (const ChoicePlan& choice : plan.choices) {
    if (CheckChoice(message, plan.reflection, choice, found)) return true;
  }
  return false;
}

}  // namespace

std::optional<Violation> FirstViolation(const pb::Message& message) {
  Violation found;
  if (Check(message, RulePlans::Get().For(message.GetDescriptor()), &found)) return found;
  return std::nullopt;
}

}  // namespace nuncio::envoy
