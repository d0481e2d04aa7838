#include "nuncio/envoy/health_check.h"

#include "envoy/config/core/v3/health_check.pb.h"
#include "nuncio/envoy/header_edits.h"
#include "nuncio/envoy/scalars.h"

namespace nuncio::envoy {
namespace {

void SetProbe(const ir::HttpHealthCheck& probe, bool http2, pb::HealthCheck* proto) {
  auto* http = proto->mutable_http_health_check();
  http->set_path(probe.path);
  http->set_host(probe.host);
  if (http2) http->set_codec_client_type(::envoy::type::v3::HTTP2);
  for (const auto& header : probe.add_request_headers) {
    SetHeader(header.name, header.value, header.append, http->add_request_headers_to_add());
  }
  for (const std::string& name : probe.remove_request_headers) http->add_request_headers_to_remove(name);
  for (const auto& range : probe.expected_statuses) {
    auto* statuses = http->add_expected_statuses();
    statuses->set_start(range.first);
    statuses->set_end(int64_t{range.last} + 1);  // Envoy's end is exclusive
  }
}

void SetProbe(const ir::GrpcHealthCheck& probe, bool, pb::HealthCheck* proto) {
  proto->mutable_grpc_health_check()->set_service_name(probe.service_name);
  proto->mutable_grpc_health_check()->set_authority(probe.authority);
}

}  // namespace

pb::HealthCheck MakeHealthCheck(const ir::HealthCheck& check, bool http2) {
  pb::HealthCheck proto;
  *proto.mutable_timeout() = MakeDuration(check.timeout);
  *proto.mutable_interval() = MakeDuration(check.interval);
  proto.mutable_unhealthy_threshold()->set_value(check.unhealthy_threshold);
  proto.mutable_healthy_threshold()->set_value(check.healthy_threshold);
  std::visit([&](const auto& probe) { SetProbe(probe, http2, &proto); }, check.probe);
  return proto;
}

}  // namespace nuncio::envoy
