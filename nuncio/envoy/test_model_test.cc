#include "nuncio/envoy/test_model.h"

#include "nuncio/envoy/test_certificate.h"

namespace nuncio::envoy {
namespace {

using std::chrono::milliseconds;

template <typename T>
std::shared_ptr<const T> Shared(T value) {
  return std::make_shared<const T>(std::move(value));
}

ir::Origin Mapping(const std::string& name) { return {"Mapping", "default", name, "", 0}; }

ir::RoutePtr Route(const std::string& prefix, std::variant<ir::Forward, ir::Redirect, ir::DirectResponse> action) {
  ir::Route route;
  route.match.path = {ir::PathMatch::Kind::kPrefix, prefix, true};
  route.action = std::move(action);
  route.origins = {Mapping(prefix)};
  return std::make_shared<const ir::Route>(std::move(route));
}

ir::Forward To(const std::string& upstream) {
  ir::Forward forward;
  forward.upstream = {upstream, "0"};
  forward.timeout = milliseconds(3000);
  return forward;
}

ir::RoutePtr EveryMatch() {
  using ir::StringMatch;
  ir::Route route;
  route.match.path = {ir::PathMatch::Kind::kRegex, "/v[0-9]+/.*", true};
  route.match.headers = {{":method", {StringMatch::Kind::kExact, "GET"}, false},
                         {"x-a", {StringMatch::Kind::kRegex, "a+"}, false},
                         {"x-b", {StringMatch::Kind::kPresent, ""}, true},
                         {"x-c", {StringMatch::Kind::kPrefix, "p", true}, false}};
  route.match.query = {{"q", {StringMatch::Kind::kExact, "1"}}, {"p", {StringMatch::Kind::kPresent, ""}}};
  route.match.share = ir::Share{20, "canary.quote"};
  route.action = To("eds");
  route.request_headers = {{{"x-add", "%DOWNSTREAM_REMOTE_ADDRESS%", true}, {"x-set", "s", false}}, {"x-gone"}};
  route.response_headers = {{{"x-answer", "42", true}}, {"server-timing"}};
  return std::make_shared<const ir::Route>(std::move(route));
}

ir::RoutePtr EveryPolicy() {
  ir::Forward forward = To("dns");
  forward.path_rewrite = ir::RegexRewrite{"^/all/(.*)$", "/\\1"};
  forward.host_rewrite = ir::HostRewriteAuto{};
  forward.idle_timeout = milliseconds(60000);
  forward.priority = ir::RoutePriority::kHigh;
  forward.retry = ir::RetryPolicy{"5xx", 3, milliseconds(500)};
  forward.cors = ir::Cors{{"https://a.example.com", "*"}, "GET, POST", "x-a", "x-b", true, "86400", "cors.on"};
  forward.hash = ir::HashOnCookie{"sid", "/", milliseconds(60000)};
  forward.mirrors = {{{"static", "0"}, 50, "mirror"}};
  forward.upgrades = {"websocket", "spdy/3.1"};
  return Route("/all", forward);
}

std::vector<ir::RoutePtr> Routes() {
  ir::Forward element = To("grpc");
  element.path_rewrite = ir::PathRewrite{"/one"};
  element.host_rewrite = ir::HostRewriteLiteral{"internal.example.com"};
  element.hash = ir::HashOnHeader{"x-user"};
  ir::Forward prefix = To("static");
  prefix.path_rewrite = ir::PrefixRewrite{"/"};
  prefix.hash = ir::HashOnSourceIp{};
  return {EveryMatch(),
          EveryPolicy(),
          Route("/element", element),
          Route("/prefix", prefix),
          Route("/secure", ir::Redirect{true, "", {}, 301}),
          Route("/host", ir::Redirect{false, "b.example.com", ir::PrefixRewrite{"/new"}, 308}),
          Route("/regex", ir::Redirect{false, "b.example.com", ir::RegexRewrite{"/regex/(.*)", "/\\1"}, 307}),
          Route("/gone", ir::DirectResponse{404, "gone\n"})};
}

ir::HttpSettings EverySetting() {
  ir::HttpSettings http;
  http.stat_prefix = "ingress_http";
  http.xff_trusted_hops = 1;
  http.merge_slashes = true;
  http.escaped_slashes = ir::EscapedSlashes::kUnescapeAndRedirect;
  http.underscores = ir::UnderscoreAction::kReject;
  http.accept_http10 = http.allow_chunked_length = http.preserve_external_request_id = true;
  http.strip_matching_host_port = http.suppress_envoy_headers = true;
  http.max_request_headers_kb = 96;
  http.http2_max_concurrent_streams = 200;
  http.idle_timeout = milliseconds(30000);
  http.header_case = ir::HeaderCase{true, {}};
  http.forward_client_cert = ir::ClientCertDetails::kSanitizeSet;
  http.client_cert_details = {"subject", "cert", "chain", "dns", "uri"};
  http.access_logs = {{"/dev/fd/1", ir::AccessLog::Format::kText, "%PROTOCOL% %RESPONSE_CODE%\n", {}},
                      {"/dev/fd/2", ir::AccessLog::Format::kJson, "", {{"code", "%RESPONSE_CODE%"}}}};
  http.grpc_http11_bridge = http.grpc_web = true;
  http.grpc_stats = ir::GrpcStats{std::nullopt, {{"echo.Echo", {"Say"}}}, true};
  http.lua = "function envoy_on_request(handle) handle:headers():add('x-lua', '1') end";
  http.gzip = ir::Gzip{9, 100, "BEST_SPEED", "FILTERED", 15, {"text/html"}, true, true};
  http.buffer_max_request_bytes = 65536;
  http.addresses = ir::AddressPolicy{true, {{"10.0.0.0", 8, true}, {"::1", 128, false}}};
  return http;
}

ir::FilterChain Http(const std::string& name, std::vector<std::string> server_names,
                     std::optional<ir::DownstreamTls> tls) {
  ir::VirtualHost host;
  host.name = name + "-example.com";
  host.domains = {"example.com", "*.example.com", "example.com:8443"};
  host.routes = Routes();
  host.response_headers = {{{"x-host", "h", true}}, {}};
  const ir::Origin origin{"Host", "default", name, "", 0};
  host.origins = {origin};
  ir::FilterChain chain;
  chain.name = name;
  chain.server_names = std::move(server_names);
  chain.tls = std::move(tls);
  chain.origins = {origin};
  chain.service = ir::HttpService{{name, {Shared(std::move(host))}}};
  return chain;
}

ir::DownstreamTls EveryTls() {
  ir::DownstreamTls tls;
  tls.certificate = ir::SecretId{"certificate"};
  tls.trust = ir::SecretId{"trust"};
  tls.require_client_certificate = true;
  tls.alpn = {"h2", "http/1.1"};
  tls.parameters = {ir::TlsVersion::kTls12, ir::TlsVersion::kTls13, {"ECDHE-ECDSA-AES128-GCM-SHA256"}, {"X25519"}};
  return tls;
}

ir::FilterChain Tcp() {
  ir::FilterChain chain;
  chain.name = "tcp";
  chain.server_names = {"db.example.com"};
  chain.tls = ir::DownstreamTls{ir::SecretId{"certificate"}, {}, {}, {}, {}};
  chain.service =
      ir::TcpService{"ingress_tcp", {{{"eds", "0"}, 9}, {{"static", "0"}, 1}, {{"dns", "0"}, 0}}, milliseconds(60000)};
  chain.origins = {{"TCPMapping", "default", "db", "", 0}};
  return chain;
}

std::vector<ir::Listener> Listeners() {
  ir::Listener tcp;
  tcp.name = "main";
  tcp.port = 8443;
  tcp.listener_filters = {ir::Listener::ListenerFilter::kProxyProtocol, ir::Listener::ListenerFilter::kTlsInspector};
  tcp.http = EverySetting();
  tcp.chains = {Http("clear", {}, {}), Http("secure", {"Example.com", "*.example.com"}, EveryTls()), Tcp()};
  tcp.origins = {{"Listener", "default", "main", "", 0}};
  ir::Listener quic;
  quic.name = "main-quic";
  quic.port = 8443;
  quic.transport = ir::Listener::Transport::kQuic;
  quic.http.stat_prefix = "ingress_quic";
  quic.chains = {Http("secure", {"example.com"}, ir::DownstreamTls{ir::SecretId{"certificate"}, {}, {}, {}, {}})};
  quic.origins = {{"Listener", "default", "quic", "", 0}};
  return {tcp, quic};
}

ir::Upstream Upstream(const std::string& name, decltype(ir::Upstream::discovery) discovery) {
  ir::Upstream upstream;
  upstream.id = {name, "0"};
  upstream.stat_name = "stat_" + name;
  upstream.discovery = std::move(discovery);
  upstream.origins = {Mapping(name)};
  return upstream;
}

std::vector<ir::UpstreamPtr> Upstreams() {
  ir::Upstream dns = Upstream("dns", ir::DnsDiscovery{"backend.example.com", 443, true, true, ir::DnsFamily::kAuto});
  dns.tls = ir::UpstreamTls{ir::SecretId{"certificate"},
                            ir::SecretId{"trust"},
                            "backend.example.com",
                            {"http/1.1"},
                            {{}, ir::TlsVersion::kTls11, {}, {}}};
  dns.keepalive = ir::TcpKeepalive{3, 60, 10};
  dns.header_case = ir::HeaderCase{false, {"X-Foo"}};
  ir::Upstream eds = Upstream("eds", ir::EndpointDiscovery{"quote/80"});
  eds.load_balancing = ir::LoadBalancing::kMaglev;
  eds.circuit_breakers = {{ir::CircuitBreaker::Priority::kDefault, 10, 20, 30, 1},
                          {ir::CircuitBreaker::Priority::kHigh, {}, {}, 5, {}}};
  eds.health_checks = {{milliseconds(1000), milliseconds(2000), 3, 2,
                        ir::HttpHealthCheck{"/health", "h", {{"x-probe", "1", false}}, {"x-gone"}, {{200, 204}}}}};
  ir::Upstream grpc = Upstream("grpc", ir::EndpointDiscovery{"quote/80"});
  grpc.http2 = true;
  grpc.load_balancing = ir::LoadBalancing::kRingHash;
  grpc.idle_timeout = milliseconds(30000);
  grpc.max_connection_lifetime = milliseconds(600000);
  grpc.health_checks = {{milliseconds(1000), milliseconds(2000), 3, 2, ir::GrpcHealthCheck{"echo.Echo", "h"}}};
  return {Shared(dns), Shared(eds), Shared(grpc), Shared(Upstream("static", ir::StaticDiscovery{"127.0.0.1", 9000}))};
}

}  // namespace

ir::Model RichModel() {
  ir::Model model;
  model.listeners = Listeners();
  model.upstreams = Upstreams();
  model.endpoint_sets = {Shared(
      ir::EndpointSet{"quote/80", {{"10.0.0.1", 8080}, {"fd00::1", 8080}}, {{"Service", "default", "quote", "", 0}}})};
  const TestCertificate& made = MadeCertificate();
  model.secrets = {
      Shared(ir::Secret{{"certificate"},
                        ir::CertificateMaterial{{made.chain_pem, ""}, {made.key_pem, ""}},
                        {{"Secret", "default", "c", "", 0}}}),
      Shared(ir::Secret{
          {"trust"}, ir::TrustMaterial{ir::PemSource{made.chain_pem, ""}, {}}, {{"Secret", "default", "t", "", 0}}})};
  return model;
}

}  // namespace nuncio::envoy
