#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <re2/re2.h>

#include <string>

#include "nuncio/envoy/protos.h"
#include "validate/validate.pb.h"

namespace nuncio::envoy {

// What is wrong with one value, empty if nothing is. `index` counts the elements of a repeated field, -1 for others;
// `reflection` is that
// of the message, `pattern` the compiled string pattern of the rules, or null.
std::string ScalarProblem(const pb::Message& message, const google::protobuf::Reflection* reflection,
                          const google::protobuf::FieldDescriptor* field, int index, const validate::FieldRules& rules,
                          const re2::RE2* pattern);

std::string ProblemOf(const google::protobuf::Duration& value, const validate::DurationRules& rules);

// For comparing elements.
std::string TextOfElement(const pb::Message& message, const google::protobuf::FieldDescriptor* field, int index);

}  // namespace nuncio::envoy
