// Envoy's page "Configuring Envoy as an edge proxy", row by row, on what is generated for a model that leaves
// everything open. What is not set is listed at the end, with the reason.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"
#include "nuncio/envoy/bootstrap.h"
#include "nuncio/envoy/cluster.h"
#include "nuncio/envoy/filter_chain.h"
#include "nuncio/envoy/http_connection_manager.h"
#include "nuncio/envoy/listener.h"
#include "nuncio/envoy/test_json.h"
#include "nuncio/envoy/tls.h"

namespace nuncio::envoy {
namespace {

using nlohmann::json;

struct Row {
  const char* name;
  const char* pointer;  // JSON pointer
  json want;
};

void ExpectRows(const json& message, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const json::json_pointer pointer(row.pointer);
    EXPECT_EQ(message.contains(pointer) ? message.at(pointer) : json(), row.want) << row.name;
  }
}

ir::Listener Listener(ir::Listener::Transport transport) {
  ir::Listener listener;
  listener.name = "l";
  listener.port = 8443;
  listener.transport = transport;
  listener.http.stat_prefix = "ingress_http";
  return listener;
}

TEST(Edge, Listener) {
  for (const auto transport : {ir::Listener::Transport::kTcp, ir::Listener::Transport::kQuic}) {
    ExpectRows(JsonOf(MakeListener(Listener(transport))),
               {{"connection buffer", "/per_connection_buffer_limit_bytes", 32768}});
  }
}

TEST(Edge, HttpConnections) {
  ExpectRows(JsonOf(MakeHttpConnectionManager(Listener(ir::Listener::Transport::kTcp), "r")),
             {{"use_remote_address", "/use_remote_address", true},
              {"no trusted hops", "/xff_num_trusted_hops", json()},
              {"request id is made", "/generate_request_id", true},
              {"request id from outside", "/preserve_external_request_id", json()},
              {"normalize_path", "/normalize_path", true},
              {"idle timeout", "/common_http_protocol_options/idle_timeout", "3600s"},
              {"request headers timeout", "/request_headers_timeout", "10s"},
              {"streams", "/http2_protocol_options/max_concurrent_streams", 100},
              {"stream window", "/http2_protocol_options/initial_stream_window_size", 65536},
              {"connection window", "/http2_protocol_options/initial_connection_window_size", 1048576}});
}

TEST(Edge, Http3) {
  ExpectRows(
      JsonOf(MakeHttpConnectionManager(Listener(ir::Listener::Transport::kQuic), "r")),
      {{"streams", "/http3_protocol_options/quic_protocol_options/max_concurrent_streams", 100},
       {"stream window", "/http3_protocol_options/quic_protocol_options/initial_stream_window_size", 65536},
       {"connection window", "/http3_protocol_options/quic_protocol_options/initial_connection_window_size", 1048576}});
}

TEST(Edge, Tls) {
  ir::FilterChain chain;
  chain.name = "c";
  chain.tls.emplace();
  chain.service = ir::TcpService{"t", {{{"a", "0"}, 1}}, {}};
  const json made = JsonOf(MakeFilterChain(Listener(ir::Listener::Transport::kTcp), chain));
  ExpectRows(made,
             {{"handshake timeout", "/transport_socket_connect_timeout", "10s"},
              {"TLS 1.2", "/transport_socket/typed_config/common_tls_context/tls_params/tls_minimum_protocol_version",
               "TLSv1_2"}});
}

TEST(Edge, Cluster) {
  ir::Upstream upstream;
  upstream.id = {"a", "0"};
  upstream.http2 = true;
  const char* options = "/typed_extension_protocol_options/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const json cluster = JsonOf(MakeCluster(upstream));
  ExpectRows(cluster, {{"connection buffer", "/per_connection_buffer_limit_bytes", 32768}});
  ExpectRows(
      cluster.at(json::json_pointer(options)),
      {{"stream window", "/explicit_http_config/http2_protocol_options/initial_stream_window_size", 65536},
       {"connection window", "/explicit_http_config/http2_protocol_options/initial_connection_window_size", 1048576}});
}

TEST(Edge, Bootstrap) {
  BootstrapOptions options;
  options.ads_socket = "/s";
  options.max_heap_bytes = 1000;
  const json bootstrap = json::parse(BootstrapJson(options));
  ExpectRows(
      bootstrap,
      {{"admin on loopback", "/admin/address/socket_address/address", "127.0.0.1"},
       {"connections", "/overload_manager/resource_monitors/0/typed_config/max_active_downstream_connections", "50000"},
       {"heap", "/overload_manager/resource_monitors/1/typed_config/max_heap_size_bytes", "1000"},
       {"shrink_heap", "/overload_manager/actions/0/name", "envoy.overload_actions.shrink_heap"},
       {"at 95%", "/overload_manager/actions/0/triggers/0/threshold/value", 0.95},
       {"stop accepting", "/overload_manager/actions/1/name", "envoy.overload_actions.stop_accepting_requests"},
       {"at 98%", "/overload_manager/actions/1/triggers/0/threshold/value", 0.98}});
  // The keys hold dots and are compared as a whole.
  EXPECT_EQ(bootstrap["layered_runtime"]["layers"][0]["static_layer"],
            json({{"overload.premature_reset_total_stream_count", 500.0},
                  {"overload.premature_reset_min_stream_lifetime_seconds", 1.0},
                  {"http.max_requests_per_io_cycle", 10.0},
                  {"re2.max_program_size.error_level", 16384.0}}));
}

TEST(Edge, NoHeapNoHeapActions) {
  const json bootstrap = json::parse(BootstrapJson({}));
  EXPECT_EQ(bootstrap["overload_manager"]["resource_monitors"].size(), 1u);
  EXPECT_FALSE(bootstrap["overload_manager"].contains("actions"));
}

// Left to the model, whose defaults are those that Emissary documents: what a translator asks for arrives.
TEST(Edge, ModelDecides) {
  ir::Listener listener = Listener(ir::Listener::Transport::kTcp);
  ExpectRows(JsonOf(MakeHttpConnectionManager(listener, "r")),
             {{"underscores are kept", "/common_http_protocol_options/headers_with_underscores_action", json()},
              {"slashes are kept", "/merge_slashes", json()},
              {"escaped slashes are kept", "/path_with_escaped_slashes_action", "KEEP_UNCHANGED"}});
  listener.http.underscores = ir::UnderscoreAction::kReject;
  listener.http.merge_slashes = true;
  listener.http.escaped_slashes = ir::EscapedSlashes::kUnescapeAndRedirect;
  ExpectRows(
      JsonOf(MakeHttpConnectionManager(listener, "r")),
      {{"headers_with_underscores", "/common_http_protocol_options/headers_with_underscores_action", "REJECT_REQUEST"},
       {"merge_slashes", "/merge_slashes", true},
       {"escaped slashes", "/path_with_escaped_slashes_action", "UNESCAPE_AND_REDIRECT"}});
}

// Deviations, each on purpose:
// - request_timeout: clients of Emissary stream; a route's timeout bounds the answer, stream_idle_timeout a silent
// client.
// - stream_idle_timeout: Envoy's own default is the recommended 300 s.
// - max_connection_duration: ends streams that are well; the idle timeout ends the others.
// - a limit of connections for each listener: its runtime key holds the listener's name, which the bootstrap cannot
// know;
//   the limit for all of them holds.
TEST(Edge, NotSet) {
  ExpectRows(JsonOf(MakeHttpConnectionManager(Listener(ir::Listener::Transport::kTcp), "r")),
             {{"request timeout", "/request_timeout", json()},
              {"stream idle timeout", "/stream_idle_timeout", json()},
              {"connection duration", "/common_http_protocol_options/max_connection_duration", json()}});
}

}  // namespace
}  // namespace nuncio::envoy
