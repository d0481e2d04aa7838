#include "nuncio/envoy/http_filters.h"

#include "envoy/extensions/compression/gzip/compressor/v3/gzip.pb.h"
#include "envoy/extensions/filters/http/buffer/v3/buffer.pb.h"
#include "envoy/extensions/filters/http/compressor/v3/compressor.pb.h"
#include "envoy/extensions/filters/http/cors/v3/cors.pb.h"
#include "envoy/extensions/filters/http/grpc_http1_bridge/v3/config.pb.h"
#include "envoy/extensions/filters/http/grpc_stats/v3/config.pb.h"
#include "envoy/extensions/filters/http/grpc_web/v3/grpc_web.pb.h"
#include "envoy/extensions/filters/http/lua/v3/lua.pb.h"
#include "envoy/extensions/filters/http/rbac/v3/rbac.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

namespace http = ::envoy::extensions::filters::http;
using ::envoy::extensions::compression::gzip::compressor::v3::Gzip;

pb::HttpFilter Filter(const char* name, const pb::Message& config) {
  pb::HttpFilter filter;
  filter.set_name(name);
  Pack(config, filter.mutable_typed_config());
  return filter;
}

pb::HttpFilter GrpcStatsFilter(const ir::GrpcStats& stats) {
  http::grpc_stats::v3::FilterConfig config;
  if (!stats.services.empty()) {
    for (const auto& [service, methods] : stats.services) {
      auto* allowed = config.mutable_individual_method_stats_allowlist()->add_services();
      allowed->set_name(service);
      for (const std::string& method : methods) allowed->add_method_names(method);
    }
  } else {
    config.mutable_stats_for_all_methods()->set_value(stats.all_methods.value_or(false));
  }
  config.set_enable_upstream_stats(stats.upstream_stats);
  return Filter("envoy.filters.http.grpc_stats", config);
}

pb::HttpFilter LuaFilter(const std::string& code) {
  http::lua::v3::Lua config;
  config.mutable_default_source_code()->set_inline_string(code);
  return Filter("envoy.filters.http.lua", config);
}

// A name that Envoy does not know becomes a value that its rules refuse.
Gzip::CompressionLevel LevelOf(const std::string& name) {
  Gzip::CompressionLevel level;
  return Gzip::CompressionLevel_Parse(name, &level) ? level : static_cast<Gzip::CompressionLevel>(-1);
}

Gzip::CompressionStrategy StrategyOf(const std::string& name) {
  Gzip::CompressionStrategy strategy;
  return Gzip::CompressionStrategy_Parse(name, &strategy) ? strategy : static_cast<Gzip::CompressionStrategy>(-1);
}

pb::HttpFilter GzipFilter(const ir::Gzip& gzip) {
  Gzip library;
  if (gzip.memory_level) library.mutable_memory_level()->set_value(*gzip.memory_level);
  if (gzip.window_bits) library.mutable_window_bits()->set_value(*gzip.window_bits);
  if (!gzip.compression_level.empty()) library.set_compression_level(LevelOf(gzip.compression_level));
  if (!gzip.compression_strategy.empty()) library.set_compression_strategy(StrategyOf(gzip.compression_strategy));

  http::compressor::v3::Compressor config;
  config.mutable_compressor_library()->set_name("envoy.compression.gzip.compressor");
  Pack(library, config.mutable_compressor_library()->mutable_typed_config());
  auto* response = config.mutable_response_direction_config();
  if (gzip.min_content_length) {
    response->mutable_common_config()->mutable_min_content_length()->set_value(*gzip.min_content_length);
  }
  for (const std::string& type : gzip.content_types) {
    response->mutable_common_config()->add_content_type_matcher()->set_exact(type);
  }
  response->set_disable_on_etag_header(gzip.disable_on_etag_header.value_or(false));
  response->set_remove_accept_encoding_header(gzip.remove_accept_encoding_header.value_or(false));
  return Filter("envoy.filters.http.compressor", config);
}

pb::HttpFilter BufferFilter(uint32_t max_request_bytes) {
  http::buffer::v3::Buffer config;
  config.mutable_max_request_bytes()->set_value(max_request_bytes);
  return Filter("envoy.filters.http.buffer", config);
}

pb::HttpFilter AddressFilter(const ir::AddressPolicy& addresses) {
  using ::envoy::config::rbac::v3::RBAC;
  http::rbac::v3::RBAC config;
  config.mutable_rules()->set_action(addresses.allow ? RBAC::ALLOW : RBAC::DENY);
  // Without a range nothing may match: "allow" then refuses everybody, and a policy must have principals.
  if (!addresses.ranges.empty()) {
    auto& policy = (*config.mutable_rules()->mutable_policies())["addresses"];
    policy.add_permissions()->set_any(true);
    for (const ir::CidrRange& range : addresses.ranges) {
      auto* principal = policy.add_principals();
      auto* proto = range.direct ? principal->mutable_direct_remote_ip() : principal->mutable_remote_ip();
      proto->set_address_prefix(range.address);
      proto->mutable_prefix_len()->set_value(range.prefix_length);
    }
  }
  return Filter("envoy.filters.http.rbac", config);
}

pb::HttpFilter RouterFilter(bool suppress_envoy_headers) {
  http::router::v3::Router config;
  config.set_suppress_envoy_headers(suppress_envoy_headers);
  return Filter("envoy.filters.http.router", config);
}

}  // namespace

std::vector<pb::HttpFilter> MakeHttpFilters(const ir::HttpSettings& settings) {
  std::vector<pb::HttpFilter> filters;
  if (settings.grpc_http11_bridge) {
    filters.push_back(Filter("envoy.filters.http.grpc_http1_bridge", http::grpc_http1_bridge::v3::Config()));
  }
  if (settings.grpc_web) filters.push_back(Filter("envoy.filters.http.grpc_web", http::grpc_web::v3::GrpcWeb()));
  if (settings.grpc_stats) filters.push_back(GrpcStatsFilter(*settings.grpc_stats));
  if (!settings.lua.empty()) filters.push_back(LuaFilter(settings.lua));
  if (settings.gzip) filters.push_back(GzipFilter(*settings.gzip));
  if (settings.buffer_max_request_bytes) filters.push_back(BufferFilter(*settings.buffer_max_request_bytes));
  if (settings.addresses) filters.push_back(AddressFilter(*settings.addresses));
  filters.push_back(Filter(kCorsFilter, http::cors::v3::Cors()));
  filters.push_back(RouterFilter(settings.suppress_envoy_headers));
  return filters;
}

}  // namespace nuncio::envoy
