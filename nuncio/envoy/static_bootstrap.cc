#include "nuncio/envoy/static_bootstrap.h"

#include <map>
#include <utility>

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/transport_sockets/quic/v3/quic_transport.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "nuncio/base/check.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

using ::envoy::extensions::transport_sockets::quic::v3::QuicDownstreamTransport;
using ::envoy::extensions::transport_sockets::tls::v3::CommonTlsContext;

template <typename Proto>
Proto Parse(const std::string& bytes) {
  Proto proto;
  NUNCIO_CHECK(proto.ParseFromString(bytes));
  return proto;
}

template <typename Proto>
std::map<std::string, Proto> ByName(const Config& config, ResourceType type) {
  std::map<std::string, Proto> protos;
  for (const ResourcePtr& resource : config.of(type)) protos[resource->name] = Parse<Proto>(resource->bytes);
  return protos;
}

// A secret without a source is looked for among the static ones.
void UseStaticSecrets(CommonTlsContext* context) {
  for (auto& secret : *context->mutable_tls_certificate_sds_secret_configs()) secret.clear_sds_config();
  if (context->has_validation_context_sds_secret_config()) {
    context->mutable_validation_context_sds_secret_config()->clear_sds_config();
  }
}

// Repacks a `Proto` after `change`; leaves other types alone.
template <typename Proto, typename Change>
void Rewrite(pb::Any* any, Change change) {
  Proto proto;
  if (!any->Is<Proto>() || !any->UnpackTo(&proto)) return;
  change(&proto);
  Pack(proto, any);
}

void UseStaticSecrets(pb::TransportSocket* socket) {
  pb::Any* any = socket->mutable_typed_config();
  Rewrite<pb::DownstreamTlsContext>(any, [](auto* tls) { UseStaticSecrets(tls->mutable_common_tls_context()); });
  Rewrite<pb::UpstreamTlsContext>(any, [](auto* tls) { UseStaticSecrets(tls->mutable_common_tls_context()); });
  Rewrite<QuicDownstreamTransport>(
      any, [](auto* quic) { UseStaticSecrets(quic->mutable_downstream_tls_context()->mutable_common_tls_context()); });
}

void AddListeners(const Config& config, pb::Bootstrap* proto) {
  const auto routes = ByName<pb::RouteConfiguration>(config, ResourceType::kRoutes);
  for (const ResourcePtr& resource : config.of(ResourceType::kListener)) {
    auto* listener = proto->mutable_static_resources()->add_listeners();
    *listener = Parse<pb::Listener>(resource->bytes);
    for (auto& chain : *listener->mutable_filter_chains()) {
      if (chain.has_transport_socket()) UseStaticSecrets(chain.mutable_transport_socket());
      for (auto& filter : *chain.mutable_filters()) {
        Rewrite<pb::HttpConnectionManager>(filter.mutable_typed_config(), [&](auto* manager) {
          const pb::RouteConfiguration& table = routes.at(manager->rds().route_config_name());
          *manager->mutable_route_config() = table;
        });
      }
    }
  }
}

void AddClusters(const Config& config, pb::Bootstrap* proto) {
  auto endpoints = ByName<pb::ClusterLoadAssignment>(config, ResourceType::kEndpoints);
  for (const ResourcePtr& resource : config.of(ResourceType::kCluster)) {
    auto* cluster = proto->mutable_static_resources()->add_clusters();
    *cluster = Parse<pb::Cluster>(resource->bytes);
    if (cluster->has_transport_socket()) UseStaticSecrets(cluster->mutable_transport_socket());
    if (cluster->type() != pb::Cluster::EDS) continue;
    cluster->set_type(pb::Cluster::STATIC);
    *cluster->mutable_load_assignment() = std::move(endpoints[cluster->eds_cluster_config().service_name()]);
    cluster->clear_eds_cluster_config();
  }
}

}  // namespace

pb::Bootstrap MakeStaticBootstrap(const Config& config) {
  pb::Bootstrap proto;
  proto.mutable_node()->set_id("nuncio");
  proto.mutable_node()->set_cluster("nuncio");
  AddListeners(config, &proto);
  AddClusters(config, &proto);
  for (const ResourcePtr& resource : config.of(ResourceType::kSecret)) {
    *proto.mutable_static_resources()->add_secrets() = Parse<pb::Secret>(resource->bytes);
  }
  // As in the bootstrap that the configuration is made for.
  auto* layer = proto.mutable_layered_runtime()->add_layers();
  layer->set_name("nuncio");
  (*layer->mutable_static_layer()->mutable_fields())["re2.max_program_size.error_level"].set_number_value(
      edge::kRegexProgramSize);
  return proto;
}

}  // namespace nuncio::envoy
