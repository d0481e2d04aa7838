#include "nuncio/translate/emissary/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using Discovery = decltype(ir::Upstream::discovery);
using testing::ElementsAre;
using testing::IsEmpty;

struct Result {
  std::optional<ir::Upstream> upstream;
  std::vector<ir::EndpointSet> sets;
  std::vector<std::string> findings;
};

// The upstream of the only Mapping of the manifests.
Result Translated(const std::string& manifests, Options options = {}) {
  TestContext test(manifests, options);
  TlsContexts contexts;
  TlsSettings settings;
  settings.name = "up";
  settings.sni = "inner";
  contexts.Add(settings);
  const BackendSources sources{contexts, Resolvers(test.snapshot, test.options)};
  const resource::Mapping& mapping = **test.snapshot.mappings.begin();
  const BackendRequest request =
      BackendOf(mapping, std::make_shared<const ir::Origin>(OriginOf("Mapping", mapping.meta)));
  Result result;
  if (const auto backend = CheckBackend(test.context, sources, request)) {
    AddBackend(test.context, request, *backend);
    std::vector<const EndpointUse*> uses;
    for (const EndpointUse& use : test.endpoints) uses.push_back(&use);
    test.EndpointSetsOf(uses);
    ir::Model model = test.builder.Take();
    result.upstream = *model.upstreams.at(0);
    for (const auto& set : model.endpoint_sets) result.sets.push_back(*set);
  }
  result.findings = test.Findings();
  return result;
}

Result TranslatedSpec(std::string_view spec, std::string_view ns = "default") {
  return Translated(Mapping("m", Cat("prefix: /, ", spec), ns));
}

TEST(Backend, HasTheNamesOfEmissary) {
  struct Case {
    const char* spec;
    const char* ns;
    const char* name;
    const char* stat_name;
  };
  const Case cases[] = {
      {"service: quote", "default", "cluster_quote_default", "quote"},
      {"service: quote", "shop", "cluster_quote_shop_shop", "quote_shop"},
      {"service: quote.other:81", "shop", "cluster_quote_other_81_shop", "quote_other_81"},
      {"service: 'http://quote:80'", "default", "cluster_http___quote_80_default", "quote_80"},
      {"service: 'https://quote'", "default", "cluster_https___quote_otls_default", "quote"},
      {"service: quote, tls: up", "default", "cluster_quote_otls_up_default", "quote"},
      {"service: 'https://quote', tls: up", "default", "cluster_https___quote_otls_default", "quote"},
      {"service: 'https://quote', host_rewrite: a.b", "default", "cluster_https___quote_otls_hr_a_b_default", "quote"},
      {"service: quote, host_rewrite: a.b", "default", "cluster_quote_default", "quote"},
      {"service: quote, cluster_tag: blue, stats_name: my.stat", "default", "cluster_blue_quote_default", "my_stat"},
      {"service: quote, circuit_breakers: [{priority: high, max_connections: 5}]", "default",
       "cluster_quote_default_cbhc5", "quote"},
      {"service: quote, resolver: endpoint, load_balancer: {policy: ring_hash, header: x-u}", "default",
       "cluster_quote_default_er_ring_hash_hdr_x_u", "quote"},
      {"service: a-service-with-a-very-long-name.in-a-namespace:8080", "default",
       "cluster_a_service_with_a_very_long_name_", "a_service_with_a_very_long_name_in_a_namespace_8080"},
  };
  for (const Case& c : cases) {
    const Result result = TranslatedSpec(c.spec, c.ns);
    ASSERT_TRUE(result.upstream) << c.spec;
    EXPECT_EQ(result.upstream->id.name.substr(0, 40), std::string(c.name).substr(0, 40)) << c.spec;
    EXPECT_LE(result.upstream->id.name.size(), 60u) << c.spec;
    EXPECT_EQ(result.upstream->stat_name, c.stat_name) << c.spec;
  }
}

TEST(Backend, SetsUpstreamsApartThatDifferInASettingOnly) {
  const auto a = TranslatedSpec("service: quote"), b = TranslatedSpec("service: quote, connect_timeout_ms: 5");
  EXPECT_EQ(a.upstream->id.name, b.upstream->id.name);
  EXPECT_NE(a.upstream->id.discriminator, b.upstream->id.discriminator);
}

TEST(Backend, OriginatesTlsAsSchemeAndContextSay) {
  struct Case {
    const char* spec;
    bool tls;
    uint16_t port;
    const char* sni;
    std::vector<std::string> findings;
  };
  const Case cases[] = {
      {"service: a.com", false, 80, "", {}},
      {"service: 'http://a.com'", false, 80, "", {}},
      {"service: 'HTTPS://a.com'", true, 443, "", {}},
      {"service: a.com, tls: up", true, 443, "inner", {}},
      {"service: 'http://a.com', tls: up", true, 443, "inner", {"W service-invalid m spec.service"}},
      {"service: 'https://a.com:9', tls: none", true, 9, "", {"E tls-context-missing m spec.tls"}},
      {"service: a.com, tls: none", false, 80, "", {"E tls-context-missing m spec.tls"}},
      {"service: 'ftp://a.com'", false, 80, "", {"E service-invalid m spec.service"}},
  };
  for (const Case& c : cases) {
    const Result result = TranslatedSpec(c.spec);
    ASSERT_TRUE(result.upstream) << c.spec;
    EXPECT_EQ(result.upstream->tls.has_value(), c.tls) << c.spec;
    EXPECT_EQ(result.upstream->tls.value_or(ir::UpstreamTls{}).sni, c.sni) << c.spec;
    EXPECT_EQ(std::get<ir::DnsDiscovery>(result.upstream->discovery).port, c.port) << c.spec;
    EXPECT_EQ(result.findings, c.findings) << c.spec;
  }
}

TEST(Backend, IsRefusedWithAFindingWhenItNamesNoPlace) {
  for (const char* service : {"'a:0'", "'a:65536'", "'a:b'", "'::1'", "'https://'"}) {
    const Result result = TranslatedSpec(Cat("service: ", service));
    EXPECT_FALSE(result.upstream) << service;
    EXPECT_THAT(result.findings, ElementsAre("E service-invalid m spec.service")) << service;
  }
}

TEST(Backend, GoesToDnsOrAnAddress) {
  const auto dns = [](const char* host, bool logical = false, bool ttl = false,
                      ir::DnsFamily family = ir::DnsFamily::kV4Only) {
    return Discovery(ir::DnsDiscovery{host, 80, logical, ttl, family});
  };
  EXPECT_EQ(TranslatedSpec("service: a.com").upstream->discovery, dns("a.com"));
  EXPECT_EQ(TranslatedSpec("service: a, dns_type: logical_dns, respect_dns_ttl: true", "team").upstream->discovery,
            dns("a.team", true, true));
  EXPECT_EQ(TranslatedSpec("service: a.com, enable_ipv6: true").upstream->discovery,
            dns("a.com", false, false, ir::DnsFamily::kAuto));
  EXPECT_EQ(TranslatedSpec("service: a.com, enable_ipv6: true, enable_ipv4: false").upstream->discovery,
            dns("a.com", false, false, ir::DnsFamily::kV6Only));
  EXPECT_EQ(TranslatedSpec("service: 10.1.2.3").upstream->discovery, Discovery(ir::StaticDiscovery{"10.1.2.3", 80}));
  EXPECT_EQ(TranslatedSpec("service: '[::1]:81'").upstream->discovery, Discovery(ir::StaticDiscovery{"::1", 81}));
}

// Without a cluster there is no cluster DNS: a Service of the manifests is reached through its EndpointSlices.
TEST(Backend, ReachesAServiceOfTheManifestsThroughItsEndpoints) {
  const std::string service =
      Service("quote", "ports: [{port: 80, targetPort: 8080}]", "shop") +
      Slice("quote", "quote-1", "ports: [{port: 8080}], endpoints: [{addresses: [10.0.0.1]}]", "shop");
  const ir::EndpointSet want{"k8s/shop/quote/80", {{"10.0.0.1", 8080}}, {}};
  for (const char* name : {"quote.shop", "quote.shop.svc", "quote.shop.svc.cluster.local", "QUOTE.shop:80"}) {
    const Result result = Translated(service + Mapping("m", Cat("prefix: /, service: ", name)));
    EXPECT_EQ(result.upstream->discovery, Discovery(ir::EndpointDiscovery{want.name})) << name;
    ASSERT_EQ(result.sets.size(), 1u) << name;
    EXPECT_EQ(result.sets[0].endpoints, want.endpoints) << name;
    EXPECT_THAT(result.findings, IsEmpty()) << name;
  }
  EXPECT_EQ(Translated(service + Mapping("m", "prefix: /, service: quote", "shop")).sets.size(), 1u);
  for (const char* name : {"quote", "quote.other", "quote.shop.example.com"}) {
    EXPECT_THAT(Translated(service + Mapping("m", Cat("prefix: /, service: ", name))).sets, IsEmpty()) << name;
  }
  Options dns;
  dns.cluster_dns = true;
  EXPECT_THAT(Translated(service + Mapping("m", "prefix: /, service: quote.shop"), dns).sets, IsEmpty());
  EXPECT_EQ(Translated(service + Mapping("m", "prefix: /, service: quote.shop, resolver: endpoint"), dns).sets.size(),
            1u);
}

TEST(Backend, SaysWhyAServiceAnswers503) {
  struct Case {
    const char* spec;
    const char* service;
    const char* finding;
    const char* set;
  };
  const Case cases[] = {
      {"service: 'quote:81'", "ports: [{port: 80}, {port: 82}]", "E service-port-missing m spec.service",
       "k8s/default/quote/81"},
      {"service: quote", "ports: [{port: 80}]", "W service-without-endpoints quote ", "k8s/default/quote/80"},
      {"service: nobody, resolver: endpoint", "ports: [{port: 80}]", "E service-missing m spec.service",
       "k8s-missing/nobody/80"},
      {"service: quote, resolver: endpoint", "ports: [{port: 8080}]", "W service-without-endpoints quote ",
       "k8s/default/quote/8080"},
      {"service: quote", "ports: [{port: 8080}]", "E service-port-missing m spec.service", "k8s/default/quote/80"},
  };
  for (const Case& c : cases) {
    const Result result = Translated(Service("quote", c.service) + Mapping("m", Cat("prefix: /, ", c.spec)));
    EXPECT_THAT(result.findings, ElementsAre(c.finding)) << c.spec;
    ASSERT_EQ(result.sets.size(), 1u) << c.spec;
    EXPECT_EQ(result.sets[0].name, c.set);
    EXPECT_THAT(result.sets[0].endpoints, IsEmpty());
  }
}

TEST(Backend, SaysThatAServiceOfTheClusterIsNotThere) {
  using Known = Options::Services;
  struct Case {
    const char* service;
    const char* ns;
    Known known;
    bool missing;
  };
  const Case cases[] = {
      {"nobody", "default", Known::kOfAll, true},
      {"nobody", "shop", Known::kOfAll, true},
      {"nobody.default:81", "shop", Known::kOfAll, true},
      {"nobody.other.svc", "default", Known::kOfAll, true},
      {"nobody.other.svc.cluster.local", "default", Known::kOfAll, true},
      {"example.com", "default", Known::kOfAll, false},
      {"www.example.com", "default", Known::kOfAll, false},
      {"127.0.0.1", "default", Known::kOfAll, false},
      {"localhost", "default", Known::kOfAll, false},
      {"quote", "default", Known::kOfAll, false},
      {"nobody", "default", Known::kUnknown, false},
      {"nobody", "default", Known::kOfAmbassadorNamespace, true},
      {"nobody.other.svc", "default", Known::kOfAmbassadorNamespace, false},
  };
  for (const Case& c : cases) {
    Options options;
    options.all_services = c.known;
    const Result result =
        Translated(Service("quote", "ports: [{port: 80}]") +
                       Slice("quote", "q", "ports: [{port: 80}], endpoints: [{addresses: [10.0.0.1]}]") +
                       Mapping("m", Cat("prefix: /, service: '", c.service, "'"), c.ns),
                   options);
    EXPECT_EQ(result.findings.size(), c.missing) << c.service;
    if (c.missing) {
      EXPECT_THAT(result.findings, ElementsAre("E service-missing m spec.service")) << c.service;
      EXPECT_TRUE(std::holds_alternative<ir::DnsDiscovery>(result.upstream->discovery)) << c.service;
    }
  }
}

TEST(Backend, FollowsAnExternalName) {
  const Result result = Translated(Service("ext", "type: ExternalName, externalName: api.example.net") +
                                   Mapping("m", "prefix: /, service: 'ext:8443'"));
  EXPECT_EQ(std::get<ir::DnsDiscovery>(result.upstream->discovery).host, "api.example.net");
  EXPECT_EQ(std::get<ir::DnsDiscovery>(result.upstream->discovery).port, 8443);
}

TEST(Backend, TakesTheConnectionSettings) {
  const Result result = TranslatedSpec(
      "service: a.b, resolver: endpoint, grpc: true, connect_timeout_ms: 1500, cluster_idle_timeout_ms: 1, "
      "cluster_max_connection_lifetime_ms: 2, keepalive: {probes: 3, idle_time: 4, interval: 5}, "
      "health_checks: [{timeout: 1s, health_check: {http: {path: /h, expected_statuses: [{min: 200, max: 299}, {min: "
      "300, max: 200}]}}}, "
      "{interval: 0s, health_check: {grpc: {upstream_name: x}}}]");
  const ir::Upstream& upstream = *result.upstream;
  EXPECT_TRUE(upstream.http2);
  EXPECT_EQ(upstream.connect_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(upstream.idle_timeout, std::chrono::milliseconds(1));
  EXPECT_EQ(upstream.max_connection_lifetime, std::chrono::milliseconds(2));
  EXPECT_EQ(upstream.keepalive, (ir::TcpKeepalive{3, 4, 5}));
  ASSERT_EQ(upstream.health_checks.size(), 1u);
  const auto& http = std::get<ir::HttpHealthCheck>(upstream.health_checks[0].probe);
  EXPECT_THAT(http.expected_statuses, ElementsAre(ir::HttpHealthCheck::StatusRange{200, 299}));
  EXPECT_THAT(result.findings,
              ElementsAre("E mapping-invalid m spec.health_checks[0].health_check.http.expected_statuses[1]",
                          "E mapping-invalid m spec.health_checks[1].interval", "E service-missing m spec.service"));
}

}  // namespace
}  // namespace nuncio::translate::emissary
