#include "nuncio/envoy/json_text.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "nuncio/base/check.h"

namespace nuncio::envoy {

std::string ToJsonText(const pb::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string text;
  // Fails only for an Any of an unknown type or not of its type's bytes; we made them all.
  NUNCIO_CHECK(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
  return text;
}

}  // namespace nuncio::envoy
