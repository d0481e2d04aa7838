#include "nuncio/ir/format_command.h"

#include <algorithm>
#include <vector>

#include "nuncio/base/nearest.h"
#include "nuncio/base/text.h"
#include "nuncio/ir/format_parameter.h"

namespace nuncio::ir {
namespace {

enum class Length { kForbidden, kAllowed };
using ParameterCheck = std::string (*)(std::string_view);

struct Known {
  std::string_view name;
  ParameterCheck check;
  Length length = Length::kForbidden;
};

// The commands of Envoy 1.40 that take a parameter. CEL and COALESCE are left out on purpose: only Envoy can judge an
// expression of CEL, and COALESCE with JSON that is no object ends its process.
constexpr Known kWithParameter[] = {
    {"CLUSTER_METADATA", NeedsParameter},
    {"COMMON_DURATION", DurationProblem},
    {"DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT", TakesAny},
    {"DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", TakesAny},
    {"DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", TakesAny},
    {"DOWNSTREAM_PEER_CERT_V_END", TimeProblem},
    {"DOWNSTREAM_PEER_CERT_V_START", TimeProblem},
    {"DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", TakesAny},
    {"DYNAMIC_METADATA", NeedsParameter, Length::kAllowed},
    {"EMIT_TIME", TimeProblem},
    {"EMIT_TIME_LOCAL", TimeProblem},
    {"ENVIRONMENT", NeedsParameter, Length::kAllowed},
    {"FILTER_STATE", StateProblem, Length::kAllowed},
    {"GRPC_STATUS", GrpcStatusProblem},
    {"METADATA", MetadataProblem, Length::kAllowed},
    {"PATH", PathProblem, Length::kAllowed},
    {"QUERY_PARAM", NeedsParameter, Length::kAllowed},
    {"QUERY_PARAMS", QueryProblem, Length::kAllowed},
    {"REQ", HeaderProblem, Length::kAllowed},
    {"REQUESTED_SERVER_NAME", ServerNameProblem},
    {"REQUEST_HEADER", HeaderProblem, Length::kAllowed},
    {"RESP", HeaderProblem, Length::kAllowed},
    {"RESPONSE_CODE_DETAILS", TakesAny},
    {"RESPONSE_HEADER", HeaderProblem, Length::kAllowed},
    {"RESPONSE_TRAILER", HeaderProblem, Length::kAllowed},
    {"START_TIME", TimeProblem},
    {"START_TIME_LOCAL", TimeProblem},
    {"STREAM_INFO_REQ", HeaderProblem, Length::kAllowed},
    {"TRAILER", HeaderProblem, Length::kAllowed},
    {"UPSTREAM_FILTER_STATE", StateProblem, Length::kAllowed},
    {"UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", TakesAny},
    {"UPSTREAM_METADATA", NeedsParameter},
    {"UPSTREAM_PEER_CERT_V_END", TimeProblem},
    {"UPSTREAM_PEER_CERT_V_START", TimeProblem},
    {"UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", TakesAny},
    {"XFCC_VALUE", ForwardedCertificateProblem, Length::kAllowed},
};

// Those that stand alone.
constexpr std::string_view kAlone[] = {"ACCESS_LOG_TYPE",
                                       "BYTES_RECEIVED",
                                       "BYTES_RETRANSMITTED",
                                       "BYTES_SENT",
                                       "CONNECTION_ID",
                                       "CONNECTION_TERMINATION_DETAILS",
                                       "CUSTOM_FLAGS",
                                       "DOWNSTREAM_CX_RTT",
                                       "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
                                       "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT",
                                       "DOWNSTREAM_DETECTED_CLOSE_TYPE",
                                       "DOWNSTREAM_DIRECT_LOCAL_ADDRESS",
                                       "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID",
                                       "DOWNSTREAM_DIRECT_LOCAL_PORT",
                                       "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                                       "DOWNSTREAM_DIRECT_REMOTE_PORT",
                                       "DOWNSTREAM_HANDSHAKE_DURATION",
                                       "DOWNSTREAM_HEADER_BYTES_RECEIVED",
                                       "DOWNSTREAM_HEADER_BYTES_SENT",
                                       "DOWNSTREAM_LOCAL_ADDRESS",
                                       "DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID",
                                       "DOWNSTREAM_LOCAL_CLOSE_REASON",
                                       "DOWNSTREAM_LOCAL_DNS_SAN",
                                       "DOWNSTREAM_LOCAL_EMAIL_SAN",
                                       "DOWNSTREAM_LOCAL_IP_SAN",
                                       "DOWNSTREAM_LOCAL_OTHERNAME_SAN",
                                       "DOWNSTREAM_LOCAL_PORT",
                                       "DOWNSTREAM_LOCAL_SUBJECT",
                                       "DOWNSTREAM_LOCAL_URI_SAN",
                                       "DOWNSTREAM_PEER_CERT",
                                       "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1",
                                       "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256",
                                       "DOWNSTREAM_PEER_CHAIN_SERIALS",
                                       "DOWNSTREAM_PEER_DNS_SAN",
                                       "DOWNSTREAM_PEER_EMAIL_SAN",
                                       "DOWNSTREAM_PEER_FINGERPRINT_1",
                                       "DOWNSTREAM_PEER_FINGERPRINT_256",
                                       "DOWNSTREAM_PEER_IP_SAN",
                                       "DOWNSTREAM_PEER_ISSUER",
                                       "DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256",
                                       "DOWNSTREAM_PEER_ISSUER_SERIAL",
                                       "DOWNSTREAM_PEER_OTHERNAME_SAN",
                                       "DOWNSTREAM_PEER_SERIAL",
                                       "DOWNSTREAM_PEER_SUBJECT",
                                       "DOWNSTREAM_PEER_URI_SAN",
                                       "DOWNSTREAM_REMOTE_ADDRESS",
                                       "DOWNSTREAM_REMOTE_PORT",
                                       "DOWNSTREAM_TLS_CIPHER",
                                       "DOWNSTREAM_TLS_GROUP",
                                       "DOWNSTREAM_TLS_SESSION_ID",
                                       "DOWNSTREAM_TLS_VERSION",
                                       "DOWNSTREAM_TRANSPORT_FAILURE_REASON",
                                       "DOWNSTREAM_WIRE_BYTES_RECEIVED",
                                       "DOWNSTREAM_WIRE_BYTES_SENT",
                                       "DURATION",
                                       "FILTER_CHAIN_NAME",
                                       "GRPC_STATUS_NUMBER",
                                       "HOSTNAME",
                                       "LISTENER_NAME",
                                       "LOCAL_REPLY_BODY",
                                       "PACKETS_RETRANSMITTED",
                                       "PROTOCOL",
                                       "REQUEST_DURATION",
                                       "REQUEST_HEADERS_BYTES",
                                       "REQUEST_TX_DURATION",
                                       "RESPONSE_CODE",
                                       "RESPONSE_DURATION",
                                       "RESPONSE_FLAGS",
                                       "RESPONSE_FLAGS_LONG",
                                       "RESPONSE_HEADERS_BYTES",
                                       "RESPONSE_TRAILERS_BYTES",
                                       "RESPONSE_TX_DURATION",
                                       "ROUNDTRIP_DURATION",
                                       "ROUTE_NAME",
                                       "ROUTE_RESOLUTION_COUNT",
                                       "ROUTE_RESOLUTION_TIME_US",
                                       "SPAN_ID",
                                       "STREAM_ID",
                                       "TLS_JA3_FINGERPRINT",
                                       "TLS_JA4_FINGERPRINT",
                                       "TRACE_ID",
                                       "UNIQUE_ID",
                                       "UPSTREAM_CLUSTER",
                                       "UPSTREAM_CLUSTER_RAW",
                                       "UPSTREAM_CONNECTION_ID",
                                       "UPSTREAM_CONNECTION_IDS_ATTEMPTED",
                                       "UPSTREAM_CONNECTION_POOL_READY_DURATION",
                                       "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
                                       "UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT",
                                       "UPSTREAM_DETECTED_CLOSE_TYPE",
                                       "UPSTREAM_HEADER_BYTES_RECEIVED",
                                       "UPSTREAM_HEADER_BYTES_SENT",
                                       "UPSTREAM_HOST",
                                       "UPSTREAM_HOSTS_ATTEMPTED",
                                       "UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT",
                                       "UPSTREAM_HOST_NAME",
                                       "UPSTREAM_HOST_NAMES_ATTEMPTED",
                                       "UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT",
                                       "UPSTREAM_HOST_NAME_WITHOUT_PORT",
                                       "UPSTREAM_LOCAL_ADDRESS",
                                       "UPSTREAM_LOCAL_CLOSE_REASON",
                                       "UPSTREAM_LOCAL_DNS_SAN",
                                       "UPSTREAM_LOCAL_IP_SAN",
                                       "UPSTREAM_LOCAL_PORT",
                                       "UPSTREAM_LOCAL_URI_SAN",
                                       "UPSTREAM_PEER_CERT",
                                       "UPSTREAM_PEER_DNS_SAN",
                                       "UPSTREAM_PEER_IP_SAN",
                                       "UPSTREAM_PEER_ISSUER",
                                       "UPSTREAM_PEER_SUBJECT",
                                       "UPSTREAM_PEER_URI_SAN",
                                       "UPSTREAM_PROTOCOL",
                                       "UPSTREAM_REMOTE_ADDRESS",
                                       "UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID",
                                       "UPSTREAM_REMOTE_PORT",
                                       "UPSTREAM_REQUEST_ATTEMPT_COUNT",
                                       "UPSTREAM_SERVER_NAME",
                                       "UPSTREAM_TLS_CIPHER",
                                       "UPSTREAM_TLS_GROUP",
                                       "UPSTREAM_TLS_SESSION_ID",
                                       "UPSTREAM_TLS_VERSION",
                                       "UPSTREAM_TRANSPORT_FAILURE_REASON",
                                       "UPSTREAM_WIRE_BYTES_RECEIVED",
                                       "UPSTREAM_WIRE_BYTES_SENT",
                                       "VIRTUAL_CLUSTER_NAME"};

std::string Unknown(std::string_view name) {
  std::vector<std::string_view> names(std::begin(kAlone), std::end(kAlone));
  for (const Known& known : kWithParameter) names.push_back(known.name);
  const std::string_view near = Nearest(name, names);
  return Cat(name, " is no command of Envoy", near.empty() ? "" : Cat("; did you mean ", near, "?"));
}

}  // namespace

std::optional<std::string> CommandProblem(const FormatCommand& command) {
  const auto [name, parameter, has_length] = command;
  if (name == "CEL" || name == "COALESCE") {
    return Cat(name, " is not taken: whether Envoy can use it shows only in Envoy, at the cost of all others");
  }
  if (std::find(std::begin(kAlone), std::end(kAlone), name) != std::end(kAlone)) {
    if (parameter.empty() && !has_length) return std::nullopt;
    return Cat(name, " takes neither a parameter nor a length");
  }
  const auto* known = std::find_if(std::begin(kWithParameter), std::end(kWithParameter),
                                   [&](const Known& each) { return each.name == name; });
  if (known == std::end(kWithParameter)) return Unknown(name);
  if (has_length && known->length == Length::kForbidden) return Cat(name, " takes no length");
  const std::string problem = known->check(parameter);
  return problem.empty() ? std::nullopt : std::optional(Cat(name, " ", problem));
}

}  // namespace nuncio::ir
