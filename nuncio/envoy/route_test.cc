#include "nuncio/envoy/route.h"

#include <gtest/gtest.h>

#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/test_json.h"

namespace nuncio::envoy {
namespace {

using std::chrono::milliseconds;

ir::Route With(std::variant<ir::Forward, ir::Redirect, ir::DirectResponse> action) {
  ir::Route route;
  route.match.path = {ir::PathMatch::Kind::kPrefix, "/", true};
  route.action = std::move(action);
  return route;
}

// The action alone, as JSON.
nlohmann::json Action(const ir::Route& route) {
  nlohmann::json json = JsonOf(MakeRoute(route));
  json.erase("match");
  return json;
}

ir::Forward To(const std::string& name) {
  ir::Forward forward;
  forward.upstream = {name, "1"};
  forward.timeout = milliseconds(3000);
  return forward;
}

TEST(MakeRoute, Forward) {
  ir::Forward plain = To("a");
  ir::Forward unlimited = To("a");
  unlimited.timeout = milliseconds(0);
  unlimited.idle_timeout = milliseconds(0);
  ir::Forward rewrites = To("a");
  rewrites.path_rewrite = ir::PrefixRewrite{"/b"};
  rewrites.host_rewrite = ir::HostRewriteLiteral{"h"};
  ir::Forward regex = To("a");
  regex.path_rewrite = ir::RegexRewrite{"^/(.*)$", "/x/\\1"};
  regex.host_rewrite = ir::HostRewriteAuto{};
  ir::Forward sticky = To("a");
  sticky.hash = ir::HashOnCookie{"sid", "/", milliseconds(1500)};
  sticky.upgrades = {"websocket"};
  sticky.priority = ir::RoutePriority::kHigh;
  ir::Forward retry = To("a");
  retry.retry = ir::RetryPolicy{"5xx", 2, milliseconds(250)};
  ir::Forward mirror = To("a");
  mirror.mirrors = {{{"m", "1"}, 10, "key"}};
  const struct {
    const char* name;
    ir::Forward input;
    const char* want;
  } cases[] = {
      {"plain", plain, R"({"route": {"cluster": "a-1", "timeout": "3s"}})"},
      {"no timeouts", unlimited, R"({"route": {"cluster": "a-1", "timeout": "0s", "idle_timeout": "0s"}})"},
      {"rewrites", rewrites,
       R"({"route": {"cluster": "a-1", "timeout": "3s", "prefix_rewrite": "/b", "host_rewrite_literal": "h"}})"},
      {"regex", regex,
       R"({"route": {"cluster": "a-1", "timeout": "3s", "auto_host_rewrite": true,
                     "regex_rewrite": {"pattern": {"regex": "^/(.*)$"},
    "substitution" : "/x/\\1"
  }
}
})"},
      {"sticky", sticky,
       R"({"route": {"cluster": "a-1", "timeout": "3s", "priority": "HIGH",
                     "hash_policy": [{"cookie": {"name": "sid", "path": "/", "ttl": "1.500s"}}],
                     "upgrade_configs": [{"upgrade_type": "websocket"}]}})"},
      {"retry keeps the body", retry,
       R"({"request_body_buffer_limit": "1048576",
           "route": {"cluster": "a-1", "timeout": "3s",
                     "retry_policy": {"retry_on": "5xx", "num_retries": 2, "per_try_timeout": "0.250s"}}})"},
      {"mirror keeps the body", mirror,
       R"({"request_body_buffer_limit": "1048576",
           "route": {"cluster": "a-1", "timeout": "3s",
                     "request_mirror_policies": [{"cluster": "m-1", "runtime_fraction":
                         {"default_value": {"numerator": 10}, "runtime_key": "key"}}]}})"},
  };
  for (const auto& c : cases) EXPECT_EQ(Action(With(c.input)), JsonOf(c.want)) << c.name;
}

TEST(MakeRoute, RedirectAndResponse) {
  const struct {
    const char* name;
    std::variant<ir::Forward, ir::Redirect, ir::DirectResponse> input;
    const char* want;
  } cases[] = {
      {"https", ir::Redirect{true, "", {}, 301}, R"({"redirect": {"https_redirect": true}})"},
      {"host", ir::Redirect{false, "h", ir::PathRewrite{"/p"}, 308},
       R"({"redirect": {"host_redirect": "h", "path_redirect": "/p", "response_code": "PERMANENT_REDIRECT"}})"},
      {"prefix", ir::Redirect{false, "h", ir::PrefixRewrite{"/p"}, 302},
       R"({"redirect": {"host_redirect": "h", "prefix_rewrite": "/p", "response_code": "FOUND"}})"},
      {"response", ir::DirectResponse{404, ""}, R"({"direct_response": {"status": 404}})"},
      {"response with body", ir::DirectResponse{200, "ok"},
       R"({"direct_response": {"status": 200, "body": {"inline_string": "ok"}}})"},
  };
  for (const auto& c : cases) EXPECT_EQ(Action(With(c.input)), JsonOf(c.want)) << c.name;
}

TEST(MakeRoute, CorsAndHeaders) {
  ir::Forward forward = To("a");
  forward.cors = ir::Cors{{"https://a"}, "GET", "x-a", "x-b", true, "60", ""};
  ir::Route route = With(forward);
  route.request_headers = {{{"x-add", "%PROTOCOL%", true}, {"x-set", "1", false}}, {"x-gone"}};
  EXPECT_EQ(Action(route), JsonOf(R"({
    "route": {"cluster": "a-1", "timeout": "3s"},
    "request_headers_to_add": [
      {"header": {"key": "x-add", "value": "%PROTOCOL%"}},
      {"header": {"key": "x-set", "value": "1"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}],
    "request_headers_to_remove": ["x-gone"],
    "typed_per_filter_config": {"envoy.filters.http.cors": {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
      "allow_origin_string_match": [{"exact": "https://a"}], "allow_methods": "GET", "allow_headers": "x-a",
      "expose_headers": "x-b", "max_age": "60", "allow_credentials": true}}})"));
}

}  // namespace
}  // namespace nuncio::envoy
