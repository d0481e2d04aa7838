#include "nuncio/ir/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace nuncio::ir {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

Model ModelWithRoute(Route route) {
  VirtualHost host{.name = "all", .domains = {"*"}, .routes = {std::make_shared<const Route>(std::move(route))}};
  FilterChain chain{
      .name = "httphost-shared",
      .service = HttpService{{.name = "r", .virtual_hosts = {std::make_shared<const VirtualHost>(host)}}}};
  Listener listener{.name = "web", .port = 8080, .chains = {chain}};
  Model model;
  model.listeners.push_back(listener);
  return model;
}

Json DumpedRoute(Route route) {
  const Json model = ToJson(ModelWithRoute(std::move(route)));
  return model["listeners"][0]["chains"][0]["http"]["virtual_hosts"][0]["routes"][0];
}

// There may be tens of thousands: what few have is Boxed or Rare.
static_assert(sizeof(Route) < 420);

TEST(Dump, AnEmptyModelSaysNothing) { EXPECT_EQ(ToJson(Model()).dump(), "{}"); }

TEST(Dump, LeavesDefaultsOut) {
  Upstream upstream{.id = {"cluster_a", "1f"}, .discovery = DnsDiscovery{.host = "a", .port = 80}};
  Model model;
  model.upstreams.push_back(std::make_shared<const Upstream>(upstream));
  EXPECT_EQ(ToJson(model).dump(),
            R"({"upstreams":[{"discovery":{"dns":{"host":"a","port":80}},"id":"cluster_a/1f"}]})");
}

TEST(Dump, ShowsWhatDiffersFromTheDefault) {
  Upstream upstream{.id = {"cluster_a", "1f"}, .discovery = EndpointDiscovery{"k8s/default/a/80"}};
  upstream.connect_timeout = milliseconds(250);
  upstream.idle_timeout = milliseconds(0);
  upstream.load_balancing = LoadBalancing::kMaglev;
  Model model;
  model.upstreams.push_back(std::make_shared<const Upstream>(upstream));
  const Json dumped = ToJson(model)["upstreams"][0];
  EXPECT_EQ(dumped["connect_timeout"], "250ms");
  EXPECT_EQ(dumped["idle_timeout"], "0s");
  EXPECT_EQ(dumped["load_balancing"], "maglev");
  EXPECT_EQ(dumped["discovery"], Json({{"endpoint_set", "k8s/default/a/80"}}));
}

TEST(Dump, Durations) {
  struct Case {
    int ms;
    const char* want;
  };
  for (const Case& c : std::vector<Case>{{3000, "3s"}, {250, "250ms"}, {1500, "1500ms"}, {60000, "60s"}}) {
    Forward forward{.upstream = UpstreamId{"u", ""}};
    forward.timeout = milliseconds(c.ms);
    EXPECT_EQ(DumpedRoute({.action = forward})["forward"]["timeout"], c.want) << c.ms;
  }
}

TEST(Dump, NamesTheOriginAsAPersonWould) {
  Route route{.match = {.path = {.value = "/q"}}, .action = DirectResponse{}};
  route.origins = {Origin{"Mapping", "default", "quote", "a.yaml", 3}, Origin{"Gateway", "", "g", "", 0}};
  EXPECT_EQ(DumpedRoute(route)["origins"], Json({"Mapping default/quote", "Gateway g"}));
}

TEST(Dump, NamesTheKindOfEachMatch) {
  Route route{.action = Redirect{.to_https = true}};
  route.match.path = {.kind = PathMatch::Kind::kRegex, .value = "/a.*", .case_sensitive = false};
  route.match.headers = {{"x", {StringMatch::Kind::kPresent, ""}, true}};
  route.match.query = {{
      "q",
      {StringMatch::Kind::kSuffix, "z", true},
  }};
  route.match.share = Share{0, "routing.x"};
  const Json dumped = DumpedRoute(route);
  EXPECT_EQ(dumped["match"]["path"], Json({{"regex", "/a.*"}, {"case_sensitive", false}}));
  EXPECT_EQ(dumped["match"]["headers"][0], Json({{"name", "x"}, {"present", true}, {"invert", true}}));
  EXPECT_EQ(dumped["match"]["query"][0], Json({{"name", "q"}, {"suffix", "z"}, {"ignore_case", true}}));
  EXPECT_EQ(dumped["match"]["share"], Json({{"percent", 0}, {"runtime_key", "routing.x"}}));
  EXPECT_EQ(dumped["redirect"], Json({{"to_https", true}, {"status", 301}}));
}

TEST(Dump, NeverShowsAPrivateKey) {
  CertificateMaterial material{.chain = {.inline_pem = "CHAIN"}, .key = {.inline_pem = "VERY PRIVATE"}};
  Model model;
  model.secrets.push_back(
      std::make_shared<const Secret>(Secret{.id = {"secret default/tls"}, .material = material, .origins = {}}));
  const std::string text = ToJson(model).dump();
  EXPECT_THAT(text, Not(HasSubstr("VERY PRIVATE")));
  EXPECT_THAT(text, HasSubstr("[redacted]"));
  EXPECT_THAT(text, HasSubstr("CHAIN"));
}

TEST(Dump, AnEmptyEndpointSetIsShownAsEmpty) {
  Model model;
  model.endpoint_sets.push_back(
      std::make_shared<const EndpointSet>(EndpointSet{.name = "k8s/default/a/80", .endpoints = {}, .origins = {}}));
  EXPECT_EQ(ToJson(model)["endpoint_sets"][0]["endpoints"], Json::array());
}

TEST(Dump, Findings) {
  const Finding finding{
      Severity::kWarning, "host-unused", {"Host", "default", "a", "hosts.yaml", 7}, "spec.x", "Do it."};
  EXPECT_EQ(ToJson(finding).dump(),
            R"({"code":"host-unused","field":"spec.x","file":"hosts.yaml","line":7,"message":"Do it.",)"
            R"("object":"Host default/a","severity":"warning"})");
  EXPECT_EQ(ToJson(Findings()), Json::array());
  const Finding file{Severity::kError, "parse", {"", "", "", "x.yaml", 1}, "", "m"};
  EXPECT_FALSE(ToJson(file).contains("object"));
}

}  // namespace
}  // namespace nuncio::ir
