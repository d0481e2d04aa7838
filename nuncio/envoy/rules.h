#pragma once

#include <optional>
#include <string>

#include "nuncio/envoy/protos.h"

namespace nuncio::envoy {

// One thing that Envoy would refuse a message for.
struct Violation {
  std::string field;    // "route.retry_policy.num_retries", from the root of the message
  std::string problem;  // "must be at least 1": reads on after the field, tells what to write instead

  bool operator==(const Violation&) const = default;
};

// The first violation of the rules that Envoy's API states in its own .proto files (validate/validate.proto) and that
// Envoy checks on everything it receives; nothing else. Enters the messages that are packed in an Any. Strings must be
// UTF-8: protobuf would not read the rest of the resource. Thread-safe; what a type requires is worked out once.
std::optional<Violation> FirstViolation(const pb::Message& message);

}  // namespace nuncio::envoy
