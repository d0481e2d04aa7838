#include "nuncio/envoy/bootstrap.h"

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/extensions/upstreams/http/v3/http_protocol_options.pb.h"
#include "nuncio/envoy/config_source.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/json_text.h"
#include "nuncio/envoy/overload.h"
#include "nuncio/envoy/scalars.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

using std::chrono::milliseconds;

constexpr char kAdsCluster[] = "ads";

void SetAdmin(const BootstrapOptions& options, pb::Bootstrap* proto) {
  auto* address = proto->mutable_admin()->mutable_address()->mutable_socket_address();
  address->set_address("127.0.0.1");
  address->set_port_value(options.admin_port);
  // Envoy must be reachable for its supervisor above all when clients have used up its connections.
  proto->mutable_admin()->set_ignore_global_conn_limit(true);
}

void AddAdsCluster(const BootstrapOptions& options, pb::Bootstrap* proto) {
  auto* cluster = proto->mutable_static_resources()->add_clusters();
  cluster->set_name(kAdsCluster);
  cluster->set_type(pb::Cluster::STATIC);
  *cluster->mutable_connect_timeout() = MakeDuration(milliseconds(1000));
  auto* assignment = cluster->mutable_load_assignment();
  assignment->set_cluster_name(kAdsCluster);
  assignment->add_endpoints()->add_lb_endpoints()->mutable_endpoint()->mutable_address()->mutable_pipe()->set_path(
      options.ads_socket);
  ::envoy::extensions::upstreams::http::v3::HttpProtocolOptions http;
  http.mutable_explicit_http_config()->mutable_http2_protocol_options();
  Pack(http,
       &(*cluster
              ->mutable_typed_extension_protocol_options())["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]);
}

void SetDynamicResources(const BootstrapOptions& options, pb::Bootstrap* proto) {
  using ::envoy::config::core::v3::ApiConfigSource;
  auto* dynamic = proto->mutable_dynamic_resources();
  auto* ads = dynamic->mutable_ads_config();
  ads->set_api_type(options.delta ? ApiConfigSource::DELTA_GRPC : ApiConfigSource::GRPC);
  ads->set_transport_api_version(::envoy::config::core::v3::V3);
  ads->set_set_node_on_first_message_only(true);
  ads->add_grpc_services()->mutable_envoy_grpc()->set_cluster_name(kAdsCluster);
  SetAds(dynamic->mutable_cds_config());
  SetAds(dynamic->mutable_lds_config());
}

// The first layer is ours, the second what an operator sets at run time through the admin endpoint.
void SetRuntime(pb::Bootstrap* proto) {
  auto* ours = proto->mutable_layered_runtime()->add_layers();
  ours->set_name("nuncio");
  auto* fields = ours->mutable_static_layer()->mutable_fields();
  // Against HTTP/2 rapid reset (CVE-2023-44487): a connection whose first streams mostly die young is closed, and no
  // connection keeps a worker for itself.
  (*fields)["overload.premature_reset_total_stream_count"].set_number_value(500);
  (*fields)["overload.premature_reset_min_stream_lifetime_seconds"].set_number_value(1);
  (*fields)["http.max_requests_per_io_cycle"].set_number_value(10);
  (*fields)["re2.max_program_size.error_level"].set_number_value(edge::kRegexProgramSize);
  auto* admin = proto->mutable_layered_runtime()->add_layers();
  admin->set_name("admin");
  admin->mutable_admin_layer();
}

}  // namespace

std::string BootstrapJson(const BootstrapOptions& options) {
  pb::Bootstrap proto;
  proto.mutable_node()->set_id(options.node_id);
  proto.mutable_node()->set_cluster(options.node_cluster);
  SetAdmin(options, &proto);
  AddAdsCluster(options, &proto);
  SetDynamicResources(options, &proto);
  SetRuntime(&proto);
  SetOverloadManager(options, &proto);
  // The statistics of a cluster are made when it is first used: at 10,000 clusters a third of Envoy's memory.
  proto.mutable_deferred_stat_options()->set_enable_deferred_creation_stats(true);
  return ToJsonText(proto);
}

}  // namespace nuncio::envoy
