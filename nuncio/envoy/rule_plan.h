#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <vector>

#include "validate/validate.pb.h"

namespace nuncio::envoy {

struct MessagePlan;

// What must be looked at in one field.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const validate::FieldRules* rules = nullptr;  // null: none of its own
  const MessagePlan* inside = nullptr;          // null: nothing below it needs a look
};

// What must be looked at in a message of one type. Fields that no rule concerns are not in it.
struct MessagePlan {
  std::vector<FieldPlan> fields;
  std::vector<const google::protobuf::OneofDescriptor*> required_choices;
  bool is_any = false;  // the packed message has a plan of its own
};

// The plans of every message type that the program knows. Immutable once built.
class RulePlans {
 public:
  // Built on the first call.
  static const RulePlans& Get();

  // Null if nothing needs a look, or if the type is unknown.
  const MessagePlan* Find(const google::protobuf::Descriptor* type) const;

 private:
  const MessagePlan* Plan(const google::protobuf::Descriptor* type);

  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace nuncio::envoy
