#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <re2/re2.h>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "validate/validate.pb.h"

namespace nuncio::envoy {

struct MessagePlan;

// What must be looked at in one field.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const validate::FieldRules* rules = nullptr;  // null: none of its own
  std::shared_ptr<const re2::RE2> pattern;      // of the string rules
  const MessagePlan* inside = nullptr;          // null: nothing below it needs a look
  // Of the field: asked of a descriptor they cost more than the checks.
  bool is_repeated = false;
  bool is_message = false;
  bool has_presence = false;
};

// What must be looked at in a oneof: the member that is set.
struct ChoicePlan {
  const google::protobuf::OneofDescriptor* choice = nullptr;
  bool required = false;
  std::vector<FieldPlan> members;  // by index in the oneof; without `field` where nothing needs a look
};

// What must be looked at in a message of one type. Fields that neither hold text nor have a rule are not in it.
struct MessagePlan {
  const google::protobuf::Reflection* reflection = nullptr;
  std::vector<FieldPlan> fields;  // that are in no oneof
  std::vector<ChoicePlan> choices;
  bool is_any = false;    // the packed message has a plan of its own
  bool complete = false;  // false only while it is being made

  bool empty() const { return fields.empty() && choices.empty() && !is_any; }
};

// The plans of the types that were asked for, each made once and kept. Thread-safe; a plan never changes.
class RulePlans {
 public:
  static RulePlans& Get();

  const MessagePlan& For(const google::protobuf::Descriptor* type);

 private:
  // REQUIRES: mutex_ is held.
  const MessagePlan* Plan(const google::protobuf::Descriptor* type);
  // Without `field` if nothing needs a look.
  FieldPlan PlanField(const google::protobuf::FieldDescriptor* field);
  ChoicePlan PlanChoice(const google::protobuf::OneofDescriptor* choice);

  std::mutex mutex_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace nuncio::envoy
