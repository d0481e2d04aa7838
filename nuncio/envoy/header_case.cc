#include "nuncio/envoy/header_case.h"

#include "envoy/config/core/v3/protocol.pb.h"
#include "envoy/extensions/http/header_formatters/preserve_case/v3/preserve_case.pb.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {

void SetHeaderCase(const ir::HeaderCase& header_case, pb::HeaderKeyFormat* format) {
  if (header_case.proper_case) {
    format->mutable_proper_case_words();
    return;
  }
  format->mutable_stateful_formatter()->set_name("envoy.http.stateful_header_formatters.preserve_case");
  Pack(::envoy::extensions::http::header_formatters::preserve_case::v3::PreserveCaseFormatterConfig(),
       format->mutable_stateful_formatter()->mutable_typed_config());
}

}  // namespace nuncio::envoy
