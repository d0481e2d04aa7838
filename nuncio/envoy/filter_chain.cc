#include "nuncio/envoy/filter_chain.h"

#include "absl/strings/ascii.h"
#include "envoy/config/listener/v3/listener_components.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.pb.h"
#include "envoy/extensions/transport_sockets/quic/v3/quic_transport.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/http_connection_manager.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/scalars.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/tls.h"

namespace nuncio::envoy {
namespace {

bool IsQuic(const ir::Listener& listener) { return listener.transport == ir::Listener::Transport::kQuic; }

void SetMatch(const ir::Listener& listener, const ir::FilterChain& chain, pb::FilterChain* proto) {
  if (!chain.tls) return;
  // Envoy compares with the name that the client sent, in lower case. QUIC is encrypted always, and not called "tls".
  for (const std::string& name : chain.server_names) {
    proto->mutable_filter_chain_match()->add_server_names(absl::AsciiStrToLower(name));
  }
  if (!IsQuic(listener)) proto->mutable_filter_chain_match()->set_transport_protocol("tls");
}

void SetTransportSocket(const ir::Listener& listener, const ir::DownstreamTls& tls, pb::FilterChain* proto) {
  if (IsQuic(listener)) {
    ::envoy::extensions::transport_sockets::quic::v3::QuicDownstreamTransport quic;
    *quic.mutable_downstream_tls_context() = MakeDownstreamTls(tls);
    proto->mutable_transport_socket()->set_name("envoy.transport_sockets.quic");
    Pack(quic, proto->mutable_transport_socket()->mutable_typed_config());
    return;
  }
  proto->mutable_transport_socket()->set_name("envoy.transport_sockets.tls");
  Pack(MakeDownstreamTls(tls), proto->mutable_transport_socket()->mutable_typed_config());
  *proto->mutable_transport_socket_connect_timeout() = MakeDuration(edge::kHandshakeTimeout);
}

void SetService(const ir::Listener& listener, const ir::HttpService& service, pb::FilterChain* proto) {
  auto* filter = proto->add_filters();
  filter->set_name("envoy.filters.network.http_connection_manager");
  Pack(MakeHttpConnectionManager(listener, RouteConfigurationName(listener, service.routes)),
       filter->mutable_typed_config());
}

void SetService(const ir::Listener&, const ir::TcpService& service, pb::FilterChain* proto) {
  pb::TcpProxy proxy;
  proxy.set_stat_prefix(service.stat_prefix);
  if (service.idle_timeout) *proxy.mutable_idle_timeout() = MakeDuration(*service.idle_timeout);
  for (const ir::TcpService::Target& target : service.targets) {
    if (target.weight == 0) continue;  // Envoy has no word for "never"
    auto* cluster = proxy.mutable_weighted_clusters()->add_clusters();
    cluster->set_name(ClusterName(target.upstream));
    cluster->set_weight(target.weight);
  }
  auto* filter = proto->add_filters();
  filter->set_name("envoy.filters.network.tcp_proxy");
  Pack(proxy, filter->mutable_typed_config());
}

}  // namespace

pb::FilterChain MakeFilterChain(const ir::Listener& listener, const ir::FilterChain& chain) {
  pb::FilterChain proto;
  proto.set_name(FilterChainName(chain));
  SetMatch(listener, chain, &proto);
  std::visit([&](const auto& service) { SetService(listener, service, &proto); }, chain.service);
  if (chain.tls) SetTransportSocket(listener, *chain.tls, &proto);
  return proto;
}

}  // namespace nuncio::envoy
