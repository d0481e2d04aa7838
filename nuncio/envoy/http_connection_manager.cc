#include "nuncio/envoy/http_connection_manager.h"

#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "nuncio/envoy/access_log.h"
#include "nuncio/envoy/config_source.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/header_case.h"
#include "nuncio/envoy/http_filters.h"
#include "nuncio/envoy/scalars.h"

namespace nuncio::envoy {
namespace {

using Manager = pb::HttpConnectionManager;
using CommonOptions = ::envoy::config::core::v3::HttpProtocolOptions;

CommonOptions::HeadersWithUnderscoresAction ActionOf(ir::UnderscoreAction action) {
  switch (action) {
    case ir::UnderscoreAction::kAllow:
      return CommonOptions::ALLOW;
    case ir::UnderscoreAction::kReject:
      return CommonOptions::REJECT_REQUEST;
    case ir::UnderscoreAction::kDrop:
      return CommonOptions::DROP_HEADER;
  }
  return CommonOptions::REJECT_REQUEST;
}

Manager::PathWithEscapedSlashesAction ActionOf(ir::EscapedSlashes action) {
  switch (action) {
    case ir::EscapedSlashes::kKeep:
      return Manager::KEEP_UNCHANGED;
    case ir::EscapedSlashes::kReject:
      return Manager::REJECT_REQUEST;
    case ir::EscapedSlashes::kUnescapeAndRedirect:
      return Manager::UNESCAPE_AND_REDIRECT;
  }
  return Manager::REJECT_REQUEST;
}

// Who the client is, and what of its request is believed.
void SetTrust(const ir::HttpSettings& settings, Manager* proto) {
  proto->mutable_use_remote_address()->set_value(settings.use_remote_address);
  proto->set_xff_num_trusted_hops(settings.xff_trusted_hops);
  proto->mutable_generate_request_id()->set_value(true);
  proto->set_preserve_external_request_id(settings.preserve_external_request_id);
  if (!settings.forward_client_cert) return;
  switch (*settings.forward_client_cert) {
    case ir::ClientCertDetails::kSanitize:
      proto->set_forward_client_cert_details(Manager::SANITIZE);
      break;
    case ir::ClientCertDetails::kForwardOnly:
      proto->set_forward_client_cert_details(Manager::FORWARD_ONLY);
      break;
    case ir::ClientCertDetails::kAppendForward:
      proto->set_forward_client_cert_details(Manager::APPEND_FORWARD);
      break;
    case ir::ClientCertDetails::kSanitizeSet:
      proto->set_forward_client_cert_details(Manager::SANITIZE_SET);
      break;
    case ir::ClientCertDetails::kAlwaysForwardOnly:
      proto->set_forward_client_cert_details(Manager::ALWAYS_FORWARD_ONLY);
      break;
  }
}

void SetClientCertDetails(const std::vector<std::string>& details, Manager* proto) {
  for (const std::string& detail : details) {
    auto* current = proto->mutable_set_current_client_cert_details();
    if (detail == "subject") current->mutable_subject()->set_value(true);
    if (detail == "cert") current->set_cert(true);
    if (detail == "chain") current->set_chain(true);
    if (detail == "dns") current->set_dns(true);
    if (detail == "uri") current->set_uri(true);
  }
}

// The path that is routed, logged and passed on.
void SetNormalization(const ir::HttpSettings& settings, Manager* proto) {
  proto->mutable_normalize_path()->set_value(true);
  proto->set_merge_slashes(settings.merge_slashes);
  proto->set_path_with_escaped_slashes_action(ActionOf(settings.escaped_slashes));
  proto->set_strip_matching_host_port(settings.strip_matching_host_port);
}

// No limit on a whole request: the model's routes have timeouts, and its clients may stream.
void SetTimeouts(const ir::HttpSettings& settings, Manager* proto) {
  auto* common = proto->mutable_common_http_protocol_options();
  *common->mutable_idle_timeout() = MakeDuration(settings.idle_timeout.value_or(edge::kIdleTimeout));
  *proto->mutable_request_headers_timeout() = MakeDuration(edge::kRequestHeadersTimeout);
}

void SetHttp1(const ir::HttpSettings& settings, Manager* proto) {
  auto* http1 = proto->mutable_http_protocol_options();
  http1->set_accept_http_10(settings.accept_http10);
  http1->set_allow_chunked_length(settings.allow_chunked_length);
  if (settings.header_case) SetHeaderCase(*settings.header_case, http1->mutable_header_key_format());
}

// `Options` are those of HTTP/2 or of QUIC: the same limits under the same names.
template <typename Options>
void SetStreamLimits(const ir::HttpSettings& settings, Options* options) {
  options->mutable_max_concurrent_streams()->set_value(
      settings.http2_max_concurrent_streams.value_or(edge::kConcurrentStreams));
  options->mutable_initial_stream_window_size()->set_value(edge::kStreamWindowBytes);
  options->mutable_initial_connection_window_size()->set_value(edge::kConnectionWindowBytes);
}

void SetCodec(const ir::Listener& listener, Manager* proto) {
  if (listener.transport == ir::Listener::Transport::kQuic) {
    proto->set_codec_type(Manager::HTTP3);
    SetStreamLimits(listener.http, proto->mutable_http3_protocol_options()->mutable_quic_protocol_options());
    return;
  }
  proto->set_codec_type(Manager::AUTO);
  SetHttp1(listener.http, proto);
  SetStreamLimits(listener.http, proto->mutable_http2_protocol_options());
}

}  // namespace

pb::HttpConnectionManager MakeHttpConnectionManager(const ir::Listener& listener,
                                                    const std::string& route_configuration) {
  const ir::HttpSettings& settings = listener.http;
  Manager proto;
  proto.set_stat_prefix(settings.stat_prefix);
  proto.set_server_name(settings.server_name);
  proto.mutable_rds()->set_route_config_name(route_configuration);
  SetAds(proto.mutable_rds()->mutable_config_source());
  SetCodec(listener, &proto);
  SetTimeouts(settings, &proto);
  SetNormalization(settings, &proto);
  SetTrust(settings, &proto);
  SetClientCertDetails(settings.client_cert_details, &proto);
  proto.mutable_common_http_protocol_options()->set_headers_with_underscores_action(ActionOf(settings.underscores));
  if (settings.max_request_headers_kb)
    proto.mutable_max_request_headers_kb()->set_value(*settings.max_request_headers_kb);
  for (pb::HttpFilter& filter : MakeHttpFilters(settings)) *proto.add_http_filters() = std::move(filter);
  for (const ir::AccessLog& log : settings.access_logs) *proto.add_access_log() = MakeAccessLog(log);
  return proto;
}

}  // namespace nuncio::envoy
