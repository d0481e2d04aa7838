#pragma once

// Envoy's messages by short names, declared only: their headers take seconds to parse, so that a file includes no more
// of them than it fills in.

namespace google::protobuf {
class Any;
class Message;
}  // namespace google::protobuf

namespace envoy::config {
namespace accesslog::v3 {
class AccessLog;
}
namespace bootstrap::v3 {
class Bootstrap;
}
namespace cluster::v3 {
class Cluster;
}
namespace core::v3 {
class ConfigSource;
class DataSource;
class HeaderValueOption;
class HealthCheck;
class Http1ProtocolOptions_HeaderKeyFormat;
class TransportSocket;
}  // namespace core::v3
namespace endpoint::v3 {
class ClusterLoadAssignment;
}
namespace listener::v3 {
class FilterChain;
class Listener;
}  // namespace listener::v3
namespace route::v3 {
class Route;
class RouteConfiguration;
class RouteMatch;
class VirtualHost;
}  // namespace route::v3
}  // namespace envoy::config

namespace envoy::extensions {
namespace filters::network::http_connection_manager::v3 {
class HttpConnectionManager;
class HttpFilter;
}  // namespace filters::network::http_connection_manager::v3
namespace filters::network::tcp_proxy::v3 {
class TcpProxy;
}
namespace transport_sockets::tls::v3 {
class DownstreamTlsContext;
class Secret;
class SdsSecretConfig;
class UpstreamTlsContext;
}  // namespace transport_sockets::tls::v3
}  // namespace envoy::extensions

namespace nuncio::envoy::pb {

using google::protobuf::Any;
using google::protobuf::Message;

using ::envoy::config::accesslog::v3::AccessLog;
using ::envoy::config::bootstrap::v3::Bootstrap;
using ::envoy::config::cluster::v3::Cluster;
using ::envoy::config::core::v3::ConfigSource;
using ::envoy::config::core::v3::DataSource;
using ::envoy::config::core::v3::HeaderValueOption;
using ::envoy::config::core::v3::HealthCheck;
using HeaderKeyFormat = ::envoy::config::core::v3::Http1ProtocolOptions_HeaderKeyFormat;
using ::envoy::config::core::v3::TransportSocket;
using ::envoy::config::endpoint::v3::ClusterLoadAssignment;
using ::envoy::config::listener::v3::FilterChain;
using ::envoy::config::listener::v3::Listener;
using ::envoy::config::route::v3::Route;
using ::envoy::config::route::v3::RouteConfiguration;
using ::envoy::config::route::v3::RouteMatch;
using ::envoy::config::route::v3::VirtualHost;
using ::envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using ::envoy::extensions::filters::network::http_connection_manager::v3::HttpFilter;
using ::envoy::extensions::filters::network::tcp_proxy::v3::TcpProxy;
using ::envoy::extensions::transport_sockets::tls::v3::DownstreamTlsContext;
using ::envoy::extensions::transport_sockets::tls::v3::SdsSecretConfig;
using ::envoy::extensions::transport_sockets::tls::v3::Secret;
using ::envoy::extensions::transport_sockets::tls::v3::UpstreamTlsContext;

}  // namespace nuncio::envoy::pb
