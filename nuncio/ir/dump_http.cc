#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {
namespace {

const char* Text(ClientCertDetails details) {
  switch (details) {
    case ClientCertDetails::kSanitize:
      return "sanitize";
    case ClientCertDetails::kForwardOnly:
      return "forward_only";
    case ClientCertDetails::kAppendForward:
      return "append_forward";
    case ClientCertDetails::kSanitizeSet:
      return "sanitize_set";
    case ClientCertDetails::kAlwaysForwardOnly:
      return "always_forward_only";
  }
  return "";
}

const char* Text(UnderscoreAction action) {
  switch (action) {
    case UnderscoreAction::kAllow:
      return "allow";
    case UnderscoreAction::kReject:
      return "reject";
    case UnderscoreAction::kDrop:
      return "drop";
  }
  return "";
}

const char* Text(EscapedSlashes slashes) {
  switch (slashes) {
    case EscapedSlashes::kKeep:
      return "keep";
    case EscapedSlashes::kReject:
      return "reject";
    case EscapedSlashes::kUnescapeAndRedirect:
      return "unescape_and_redirect";
  }
  return "";
}

const char* Text(AccessLog::Format format) {
  switch (format) {
    case AccessLog::Format::kText:
      return "text";
    case AccessLog::Format::kJson:
      return "json";
    case AccessLog::Format::kTypedJson:
      return "typed_json";
  }
  return "";
}

Json DumpAccessLog(const AccessLog& log) {
  DumpedObject object;
  object.Always("path", log.path).Always("format", Text(log.format)).Member("text", log.text);
  if (!log.json.empty()) object.Always("json", log.json);
  return object.Take();
}

Json DumpGrpcStats(const GrpcStats& stats) {
  DumpedObject object;
  object.Member("all_methods", stats.all_methods).Member("upstream_stats", stats.upstream_stats);
  Json services = Json::array();
  for (const auto& [service, methods] : stats.services) services.push_back({{"name", service}, {"methods", methods}});
  if (!services.empty()) object.Always("services", std::move(services));
  return object.Take();
}

Json DumpGzip(const Gzip& gzip) {
  return DumpedObject()
      .Member("memory_level", gzip.memory_level)
      .Member("min_content_length", gzip.min_content_length)
      .Member("compression_level", gzip.compression_level)
      .Member("compression_strategy", gzip.compression_strategy)
      .Member("window_bits", gzip.window_bits)
      .Member("content_types", gzip.content_types)
      .Member("disable_on_etag_header", gzip.disable_on_etag_header)
      .Member("remove_accept_encoding_header", gzip.remove_accept_encoding_header)
      .Take();
}

Json DumpAddresses(const AddressPolicy& policy) {
  Json ranges = Json::array();
  for (const CidrRange& range : policy.ranges) {
    ranges.push_back({{range.direct ? "peer" : "remote", range.address + "/" + std::to_string(range.prefix_length)}});
  }
  return {{policy.allow ? "allow" : "deny", std::move(ranges)}};
}

void AddFilters(DumpedObject& object, const HttpSettings& settings) {
  object.Member("grpc_http11_bridge", settings.grpc_http11_bridge).Member("grpc_web", settings.grpc_web);
  if (settings.grpc_stats) object.Always("grpc_stats", DumpGrpcStats(*settings.grpc_stats));
  object.Member("lua", settings.lua);
  if (settings.gzip) object.Always("gzip", DumpGzip(*settings.gzip));
  object.Member("buffer_max_request_bytes", settings.buffer_max_request_bytes);
  if (settings.addresses) object.Always("addresses", DumpAddresses(*settings.addresses));
}

}  // namespace

Json Dump(const HttpSettings& settings) {
  const HttpSettings standard;
  DumpedObject object;
  object.Member("stat_prefix", settings.stat_prefix)
      .Member("server_name", settings.server_name, standard.server_name)
      .Member("use_remote_address", settings.use_remote_address, standard.use_remote_address)
      .Member("xff_trusted_hops", settings.xff_trusted_hops)
      .Member("merge_slashes", settings.merge_slashes)
      .Member("accept_http10", settings.accept_http10)
      .Member("allow_chunked_length", settings.allow_chunked_length)
      .Member("preserve_external_request_id", settings.preserve_external_request_id)
      .Member("strip_matching_host_port", settings.strip_matching_host_port)
      .Member("suppress_envoy_headers", settings.suppress_envoy_headers)
      .Member("max_request_headers_kb", settings.max_request_headers_kb)
      .Member("http2_max_concurrent_streams", settings.http2_max_concurrent_streams)
      .Member("idle_timeout", settings.idle_timeout)
      .Member("header_case", settings.header_case)
      .Member("client_cert_details", settings.client_cert_details);
  if (settings.escaped_slashes != standard.escaped_slashes) {
    object.Always("escaped_slashes", Text(settings.escaped_slashes));
  }
  if (settings.underscores != standard.underscores) object.Always("underscores", Text(settings.underscores));
  if (settings.forward_client_cert) object.Always("forward_client_cert", Text(*settings.forward_client_cert));
  Json logs = Json::array();
  for (const AccessLog& log : settings.access_logs) logs.push_back(DumpAccessLog(log));
  if (!logs.empty()) object.Always("access_logs", std::move(logs));
  AddFilters(object, settings);
  return object.Take();
}

}  // namespace nuncio::ir
