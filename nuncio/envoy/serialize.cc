#include "nuncio/envoy/serialize.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "nuncio/base/digest.h"

namespace nuncio::envoy {

std::string Serialize(const pb::Message& message) {
  std::string bytes;
  bytes.reserve(message.ByteSizeLong());
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&output);
  output.Trim();
  return bytes;
}

void Pack(const pb::Message& message, pb::Any* any) {
  any->set_type_url(absl::StrCat("type.googleapis.com/", message.GetDescriptor()->full_name()));
  any->set_value(Serialize(message));
}

std::string VersionOf(const std::string& bytes) { return Digest(bytes); }

}  // namespace nuncio::envoy
