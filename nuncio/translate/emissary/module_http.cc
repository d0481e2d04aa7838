#include "nuncio/translate/emissary/module_http.h"

#include <arpa/inet.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/ir/format.h"

namespace nuncio::translate::emissary {
namespace {

constexpr int64_t kMaxMs = 1000LL * 60 * 60 * 24 * 365;

// The access log of Emissary's documentation ("envoy_log_format").
constexpr char kDefaultLogText[] =
    "ACCESS [%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% "
    "%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "
    "\"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" "
    "\"%UPSTREAM_HOST%\"";

const std::map<std::string, std::string>& DefaultLogJson() {
  static const std::map<std::string, std::string> kFields = {
      {"start_time", "%START_TIME%"},
      {"method", "%REQ(:METHOD)%"},
      {"path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"},
      {"protocol", "%PROTOCOL%"},
      {"response_code", "%RESPONSE_CODE%"},
      {"response_flags", "%RESPONSE_FLAGS%"},
      {"bytes_received", "%BYTES_RECEIVED%"},
      {"bytes_sent", "%BYTES_SENT%"},
      {"duration", "%DURATION%"},
      {"upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"},
      {"x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"},
      {"user_agent", "%REQ(USER-AGENT)%"},
      {"request_id", "%REQ(X-REQUEST-ID)%"},
      {"authority", "%REQ(:AUTHORITY)%"},
      {"upstream_host", "%UPSTREAM_HOST%"},
      {"upstream_cluster", "%UPSTREAM_CLUSTER%"},
      {"upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"},
      {"downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"},
      {"downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"},
      {"requested_server_name", "%REQUESTED_SERVER_NAME%"},
      {"istio_policy_status", "%DYNAMIC_METADATA(istio.mixer:status)%"},
      {"upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"}};
  return kFields;
}

std::string ReadLogText(ConfigReader& config) {
  const std::string text = config.String("envoy_log_format").value_or(kDefaultLogText);
  const auto problem = ir::FormatProblem(text, ir::FormatUse::kAccessLog);
  if (!problem) return text;
  config.Error("envoy_log_format", absl::StrCat(*problem, "; the default is used"));
  return kDefaultLogText;
}

std::map<std::string, std::string> ReadLogJson(ConfigReader& config) {
  auto fields = config.StringMap("envoy_log_format").value_or(DefaultLogJson());
  std::erase_if(fields, [&](const auto& field) {
    const auto problem = ir::FormatProblem(field.second, ir::FormatUse::kAccessLog);
    if (problem)
      config.Error(absl::StrCat("envoy_log_format['", field.first, "']"), absl::StrCat(*problem, "; it is left out"));
    return problem.has_value();
  });
  return fields;
}

// Envoy would refuse every listener for a format that it does not take.
ir::AccessLog ReadAccessLog(ConfigReader& config) {
  ir::AccessLog log;
  log.path = config.String("envoy_log_path").value_or("/dev/fd/1");
  const std::string type = config.String("envoy_log_type").value_or("text");
  if (type == "json" || type == "typed_json") {
    log.format = type == "json" ? ir::AccessLog::Format::kJson : ir::AccessLog::Format::kTypedJson;
    log.json = ReadLogJson(config);
    return log;
  }
  if (type != "text") config.Error("envoy_log_type", "must be text, json or typed_json; text is used");
  log.text = ReadLogText(config);
  if (!log.text.ends_with('\n')) log.text += '\n';
  return log;
}

std::optional<ir::HeaderCase> ReadHeaderCase(ConfigReader& config) {
  const bool proper = config.Bool("proper_case").value_or(false);
  const auto spellings = config.Strings("header_case_overrides");
  if (proper && spellings) {
    config.Error("header_case_overrides", "cannot go with proper_case, which is used; remove one of them");
  }
  if (proper) return ir::HeaderCase{true, {}};
  if (!spellings || spellings->empty()) return std::nullopt;
  config.Warning(
      "header_case_overrides", code::kNotSupported,
      "Envoy has no list of spellings: it writes every header name, listed or not, as whoever sent it spelled "
      "it; spell the names as listed where they are sent, or use proper_case if Proper-Case is what you need");
  return ir::HeaderCase{false, *spellings};
}

std::optional<ir::CidrRange> ParseCidr(const std::string& text, bool direct) {
  const size_t slash = text.find('/');
  ir::CidrRange range{text.substr(0, slash), 0, direct};
  unsigned char buffer[sizeof(in6_addr)];
  const bool v4 = inet_pton(AF_INET, range.address.c_str(), buffer) == 1;
  if (!v4 && inet_pton(AF_INET6, range.address.c_str(), buffer) != 1) return std::nullopt;
  const uint32_t bits = v4 ? 32 : 128;
  range.prefix_length = bits;
  if (slash != std::string::npos &&
      (!absl::SimpleAtoi(text.substr(slash + 1), &range.prefix_length) || range.prefix_length > bits)) {
    return std::nullopt;
  }
  return range;
}

std::optional<ir::AddressPolicy> ReadAddresses(ConfigReader& config) {
  const bool has_allow = config.Has("ip_allow");
  if (has_allow && config.Has("ip_deny")) config.Error("ip_deny", "cannot go with ip_allow, which is used");
  const std::string key = has_allow ? "ip_allow" : "ip_deny";
  ir::AddressPolicy policy{has_allow, {}};
  for (ConfigReader& entry : config.Objects(key)) {
    for (const std::string& kind : entry.Keys()) {
      const auto text = entry.String(kind);
      const auto range = text ? ParseCidr(*text, kind == "peer") : std::nullopt;
      if ((kind == "peer" || kind == "remote") && range) {
        policy.ranges.push_back(*range);
      } else {
        entry.Error(kind, "must be `peer` or `remote` with an address or a range such as 10.0.0.0/8; it is left out");
      }
    }
  }
  return policy.ranges.empty() ? std::nullopt : std::optional(policy);
}

// It travels in the `server` header of every response. Envoy would refuse every listener for a value that it cannot
// send.
std::string ReadServerName(ConfigReader& config) {
  const std::string name = config.String("server_name").value_or("envoy");
  const bool can_be_sent =
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (can_be_sent && !name.empty()) return name;
  config.Error("server_name", "must not be empty nor hold line breaks or other control characters; \"envoy\" is sent");
  return "envoy";
}

std::optional<uint32_t> Small(std::optional<int64_t> value) {
  return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

// Empty, with an error, when it is none of `values`: Envoy would refuse every HTTP chain for a name that it does not
// know.
std::string ReadOneOf(ConfigReader& config, const std::string& key, const std::set<std::string>& values) {
  const std::string value = config.String(key).value_or("");
  if (value.empty() || values.contains(value)) return value;
  config.Error(key, absl::StrCat("must be one of ", absl::StrJoin(values, ", "), "; the default is used"));
  return "";
}

std::optional<ir::Gzip> ReadGzip(ConfigReader& config) {
  auto object = config.Object("gzip");
  if (!object) return std::nullopt;
  ir::Gzip gzip;
  gzip.memory_level = Small(object->Integer("memory_level", 1, 9));
  gzip.min_content_length = Small(object->Integer("min_content_length", 0, UINT32_MAX));
  gzip.compression_level =
      ReadOneOf(*object, "compression_level",
                {"BEST_COMPRESSION", "BEST_SPEED", "COMPRESSION_LEVEL_1", "COMPRESSION_LEVEL_2", "COMPRESSION_LEVEL_3",
                 "COMPRESSION_LEVEL_4", "COMPRESSION_LEVEL_5", "COMPRESSION_LEVEL_6", "COMPRESSION_LEVEL_7",
                 "COMPRESSION_LEVEL_8", "COMPRESSION_LEVEL_9", "DEFAULT_COMPRESSION"});
  gzip.compression_strategy =
      ReadOneOf(*object, "compression_strategy", {"DEFAULT_STRATEGY", "FILTERED", "FIXED", "HUFFMAN_ONLY", "RLE"});
  gzip.window_bits = Small(object->Integer("window_bits", 9, 15));
  gzip.content_types = object->Strings("content_type").value_or(std::vector<std::string>{});
  gzip.disable_on_etag_header = object->Bool("disable_on_etag_header");
  gzip.remove_accept_encoding_header = object->Bool("remove_accept_encoding_header");
  object->ReportUnknown();
  return gzip;
}

std::optional<ir::GrpcStats> ReadGrpcStats(ConfigReader& config) {
  auto object = config.Object("grpc_stats");
  if (!object) return std::nullopt;
  ir::GrpcStats stats;
  stats.upstream_stats = object->Bool("upstream_stats").value_or(false);
  const auto all_methods = object->Bool("all_methods");
  if (object->Has("services")) {
    for (ConfigReader& service : object->Objects("services")) {
      stats.services.emplace_back(service.String("name").value_or(""),
                                  service.Strings("method_names").value_or(std::vector<std::string>{}));
    }
  } else {
    stats.all_methods = all_methods.value_or(false);
  }
  object->ReportUnknown();
  return stats;
}

std::optional<uint32_t> ReadBuffer(ConfigReader& config) {
  auto object = config.Object("buffer");
  if (!object) return std::nullopt;
  if (object->Has("max_request_time")) {
    object->Notice("max_request_time", code::kFieldWithoutEffect, "has no effect since Envoy dropped it");
  }
  const auto bytes = Small(object->Integer("max_request_bytes", 1, UINT32_MAX));
  if (!bytes && !object->Has("max_request_bytes")) {
    object->Error("max_request_bytes", "is required; requests are not buffered");
  }
  return bytes;
}

void ReadClientCertDetails(ConfigReader& config, ir::HttpSettings& http) {
  static const std::map<std::string, ir::ClientCertDetails> kActions = {
      {"SANITIZE", ir::ClientCertDetails::kSanitize},
      {"FORWARD_ONLY", ir::ClientCertDetails::kForwardOnly},
      {"APPEND_FORWARD", ir::ClientCertDetails::kAppendForward},
      {"SANITIZE_SET", ir::ClientCertDetails::kSanitizeSet},
      {"ALWAYS_FORWARD_ONLY", ir::ClientCertDetails::kAlwaysForwardOnly}};
  if (const auto action = config.String("forward_client_cert_details")) {
    if (const auto at = kActions.find(*action); at != kActions.end()) {
      http.forward_client_cert = at->second;
    } else {
      config.Error("forward_client_cert_details",
                   "must be SANITIZE, FORWARD_ONLY, APPEND_FORWARD, SANITIZE_SET or ALWAYS_FORWARD_ONLY");
    }
  }
  auto details = config.Object("set_current_client_cert_details");
  if (!details) return;
  for (const char* name : {"subject", "cert", "chain", "dns", "uri"}) {
    if (details->Bool(name).value_or(false)) http.client_cert_details.push_back(name);
  }
  details->ReportUnknown();
}

void ReadUnderscores(ConfigReader& config, ir::HttpSettings& http) {
  const auto action = config.String("headers_with_underscores_action");
  if (!action || *action == "ALLOW") return;
  if (*action == "REJECT_REQUEST") {
    http.underscores = ir::UnderscoreAction::kReject;
  } else if (*action == "DROP_HEADER") {
    http.underscores = ir::UnderscoreAction::kDrop;
  } else {
    config.Error("headers_with_underscores_action", "must be ALLOW, REJECT_REQUEST or DROP_HEADER; ALLOW is used");
  }
}

}  // namespace

ir::HttpSettings ReadHttpSettings(ConfigReader& config) {
  ir::HttpSettings http;
  http.server_name = ReadServerName(config);
  http.use_remote_address = config.Bool("use_remote_address").value_or(true);
  http.merge_slashes = config.LenientBool("merge_slashes").value_or(false);
  if (config.LenientBool("reject_requests_with_escaped_slashes").value_or(false)) {
    http.escaped_slashes = ir::EscapedSlashes::kReject;
  }
  ReadUnderscores(config, http);
  http.accept_http10 = config.Bool("enable_http10").value_or(false);
  http.allow_chunked_length = config.Bool("allow_chunked_length").value_or(false);
  http.preserve_external_request_id = config.Bool("preserve_external_request_id").value_or(false);
  http.strip_matching_host_port = config.LenientBool("strip_matching_host_port").value_or(false);
  http.suppress_envoy_headers = config.LenientBool("suppress_envoy_headers").value_or(false);
  // Envoy takes at most 8192 (HttpConnectionManager.max_request_headers_kb).
  http.max_request_headers_kb = Small(config.Integer("max_request_headers_kb", 1, 8192));
  if (const auto ms = config.Integer("listener_idle_timeout_ms", 0, kMaxMs)) {
    http.idle_timeout = std::chrono::milliseconds(*ms);
  }
  http.header_case = ReadHeaderCase(config);
  ReadClientCertDetails(config, http);
  http.access_logs = {ReadAccessLog(config)};
  // Emissary enables these two whenever the key is present, `false` included; the value is honoured here.
  http.grpc_http11_bridge = config.Bool("enable_grpc_http11_bridge").value_or(false);
  http.grpc_web = config.Bool("enable_grpc_web").value_or(false);
  http.grpc_stats = ReadGrpcStats(config);
  http.lua = config.String("lua_scripts").value_or("");
  http.gzip = ReadGzip(config);
  http.buffer_max_request_bytes = ReadBuffer(config);
  http.addresses = ReadAddresses(config);
  return http;
}

}  // namespace nuncio::translate::emissary
