#include "nuncio/envoy/access_log.h"

#include "envoy/config/accesslog/v3/accesslog.pb.h"
#include "envoy/extensions/access_loggers/file/v3/file.pb.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {

pb::AccessLog MakeAccessLog(const ir::AccessLog& log) {
  ::envoy::extensions::access_loggers::file::v3::FileAccessLog file;
  file.set_path(log.path);
  if (log.format == ir::AccessLog::Format::kText) {
    file.mutable_log_format()->mutable_text_format_source()->set_inline_string(log.text);
  } else {
    // Envoy's present form of JSON logs keeps the type of numbers, for both formats; the form that made strings of all
    // values is deprecated.
    auto* fields = file.mutable_log_format()->mutable_json_format()->mutable_fields();
    for (const auto& [key, value] : log.json) (*fields)[key].set_string_value(value);
  }
  pb::AccessLog proto;
  proto.set_name("envoy.access_loggers.file");
  Pack(file, proto.mutable_typed_config());
  return proto;
}

}  // namespace nuncio::envoy
