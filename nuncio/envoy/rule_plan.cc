#include "nuncio/envoy/rule_plan.h"

#include <google/protobuf/any.pb.h>

namespace nuncio::envoy {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const validate::FieldRules* RulesOf(const FieldDescriptor* field) {
  if (!field->options().HasExtension(validate::rules)) return nullptr;
  return &field->options().GetExtension(validate::rules);
}

const std::string& PatternOf(const validate::FieldRules& rules) {
  const validate::FieldRules& of_value = rules.has_repeated() ? rules.repeated().items() : rules;
  return of_value.string().pattern();
}

}  // namespace

RulePlans& RulePlans::Get() {
  static RulePlans* const plans = new RulePlans;  // never destroyed: threads may outlive main's statics
  return *plans;
}

const MessagePlan& RulePlans::For(const Descriptor* type) {
  std::lock_guard lock(mutex_);
  return *Plan(type);
}

const MessagePlan* RulePlans::Plan(const Descriptor* type) {
  // A type that is being planned further up (types may hold themselves) stands here already, not complete.
  if (const auto known = plans_.find(type); known != plans_.end()) return known->second.get();
  MessagePlan& plan = *(plans_[type] = std::make_unique<MessagePlan>());
  plan.reflection = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->GetReflection();
  plan.is_any = type == google::protobuf::Any::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->real_containing_oneof() != nullptr) continue;
    FieldPlan field = PlanField(type->field(i));
    if (field.field != nullptr) plan.fields.push_back(std::move(field));
  }
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
    ChoicePlan choice = PlanChoice(type->oneof_decl(i));
    if (choice.required || !choice.members.empty()) plan.choices.push_back(std::move(choice));
  }
  plan.complete = true;
  return &plan;
}

ChoicePlan RulePlans::PlanChoice(const google::protobuf::OneofDescriptor* choice) {
  ChoicePlan plan{choice, choice->options().GetExtension(validate::required), {}};
  for (int i = 0; i < choice->field_count(); ++i) plan.members.push_back(PlanField(choice->field(i)));
  return plan;
}

FieldPlan RulePlans::PlanField(const FieldDescriptor* field) {
  FieldPlan plan;
  plan.field = field;
  plan.rules = RulesOf(field);
  plan.is_repeated = field->is_repeated();
  plan.is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  plan.has_presence = field->has_presence();
  if (plan.rules != nullptr && !PatternOf(*plan.rules).empty()) {
    plan.pattern = std::make_shared<re2::RE2>(PatternOf(*plan.rules), re2::RE2::Quiet);
  }
  const bool skipped = plan.rules != nullptr && plan.rules->message().skip();
  if (plan.is_message && !skipped) {
    plan.inside = Plan(field->message_type());
    if (plan.inside->complete && plan.inside->empty()) plan.inside = nullptr;
  }
  const bool text = field->type() == FieldDescriptor::TYPE_STRING;
  if (plan.rules == nullptr && plan.inside == nullptr && !text) plan.field = nullptr;
  return plan;
}

}  // namespace nuncio::envoy
