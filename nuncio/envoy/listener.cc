#include "nuncio/envoy/listener.h"

#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/listener/proxy_protocol/v3/proxy_protocol.pb.h"
#include "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.pb.h"
#include "nuncio/envoy/edge.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

namespace filters = ::envoy::extensions::filters::listener;

void AddFilter(ir::Listener::ListenerFilter kind, pb::Listener* proto) {
  auto* filter = proto->add_listener_filters();
  switch (kind) {
    case ir::Listener::ListenerFilter::kProxyProtocol:
      filter->set_name("envoy.filters.listener.proxy_protocol");
      Pack(filters::proxy_protocol::v3::ProxyProtocol(), filter->mutable_typed_config());
      return;
    case ir::Listener::ListenerFilter::kTlsInspector:
      filter->set_name("envoy.filters.listener.tls_inspector");
      Pack(filters::tls_inspector::v3::TlsInspector(), filter->mutable_typed_config());
      return;
  }
}

void SetQuic(pb::Listener* proto) {
  proto->mutable_address()->mutable_socket_address()->set_protocol(::envoy::config::core::v3::SocketAddress::UDP);
  proto->mutable_udp_listener_config()->mutable_quic_options();
  proto->mutable_udp_listener_config()->mutable_downstream_socket_config()->mutable_prefer_gro()->set_value(true);
}

}  // namespace

pb::Listener MakeListener(const ir::Listener& listener) {
  pb::Listener proto;
  proto.set_name(ListenerName(listener));
  auto* address = proto.mutable_address()->mutable_socket_address();
  address->set_address(listener.address);
  address->set_port_value(listener.port);
  proto.mutable_per_connection_buffer_limit_bytes()->set_value(
      listener.buffer_limit_bytes.value_or(edge::kConnectionBufferBytes));
  if (listener.transport == ir::Listener::Transport::kQuic) {
    SetQuic(&proto);
  } else {
    for (ir::Listener::ListenerFilter filter : listener.listener_filters) AddFilter(filter, &proto);
  }
  return proto;
}

}  // namespace nuncio::envoy
