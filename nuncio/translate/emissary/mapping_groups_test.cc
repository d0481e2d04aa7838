#include "nuncio/translate/emissary/mapping_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

struct Result {
  std::vector<MappingGroup> groups;  // without the probes
  std::vector<std::string> findings;
  ir::Model model;
};

Result Translated(const std::string& manifests, const std::vector<ActiveHost>& hosts = {}, Options options = {}) {
  TestContext test(manifests, options);
  Result result;
  MappingTranslator translator;
  for (const MappingGroup* group : TranslatedIn(test, translator, hosts)) {
    if (group->origins.front()->kind != "Module") result.groups.push_back(*group);
  }
  result.findings = test.Findings();
  result.model = test.builder.Take();
  return result;
}

const ir::Forward& ForwardAt(const Result& result, size_t group, size_t route = 0) {
  return std::get<ir::Forward>(result.groups.at(group).routes.at(route)->action);
}

TEST(MappingGroups, ReportWhatIsWrongAtItsField) {
  struct Case {
    const char* spec;  // beside prefix and service
    const char* finding;
    bool served;
  };
  const Case cases[] = {
      {"host: '*.a.com'", "E mapping-invalid m spec.host", false},
      {"headers: {':authority': '*'}", "E mapping-invalid m spec.headers[':authority']", false},
      {"hostname: a.com, host: b.com", "W field-without-effect m spec.host", true},
      {"hostname: a.com, headers: {':authority': b}", "W field-without-effect m spec.headers[':authority']", true},
      {"rewrite: /x, regex_rewrite: {pattern: a, substitution: b}", "N field-without-effect m spec.rewrite", true},
      {"regex_rewrite: {pattern: a, substitution: '\\1'}", "E regex-invalid m spec.regex_rewrite", false},
      {"regex_headers: {x: '('}", "E regex-invalid m spec.regex_headers['x']", false},
      {"regex_headers: {x: '(a{1,50}){1,20}'}", "E regex-invalid m spec.regex_headers['x']", false},
      {"regex_query_parameters: {x: '['}", "E regex-invalid m spec.regex_query_parameters['x']", false},
      {"method: '*', method_regex: true", "E regex-invalid m spec.method", false},
      {"host: '(', host_regex: true", "E regex-invalid m spec.host", false},
      {"host_redirect: true, path_redirect: /a, prefix_redirect: /b", "E mapping-invalid m spec.prefix_redirect", true},
      {"path_redirect: /a", "W field-without-effect m spec.path_redirect", true},
      {"host_redirect: true, query_parameters: {a: b}", "W field-without-effect m spec.query_parameters", true},
      {"resolver: nobody", "E resolver-missing m spec.resolver", false},
      {"resolver: consul", "E not-built m spec.resolver", false},
      {"load_balancer: {policy: round_robin}", "E mapping-invalid m spec.load_balancer", false},
      {"resolver: endpoint, load_balancer: {policy: ring_hash}", "E mapping-invalid m spec.load_balancer", false},
      {"circuit_breakers: [{max_retries: 1}, {priority: default}]",
       "E mapping-invalid m spec.circuit_breakers[1].priority", false},
      {"retry_policy: {retry_on: 5xx, per_try_timeout: soon}", "E mapping-invalid m spec.retry_policy.per_try_timeout",
       false},
      {"outlier_detection: x", "E not-supported m spec.outlier_detection", true},
      {"error_response_overrides: [{on_status_code: 404, body: {text_format: x}}]",
       "E not-supported m spec.error_response_overrides", true},
      {"docs: {path: /}", "N field-without-effect m spec.docs", true},
      {"labels: {ambassador: [{g: [{remote_address: {key: remote_address}}]}]}", "N not-built m spec.labels", true},
      {"priority: low", "E mapping-invalid m spec.priority", true},
      {"dns_type: static", "E mapping-invalid m spec.dns_type", true},
      {"health_checks: [{health_check: {http: {path: /}}}]", "W field-without-effect m spec.health_checks", true},
      {"tls: nobody", "E tls-context-missing m spec.tls", true},
      {"connect_timeout_ms: 0", "E mapping-invalid m spec.connect_timeout_ms", false},
      {"shadow: true", "W mapping-unreachable m spec.shadow", false},
  };
  for (const Case& c : cases) {
    const Result result = Translated(Mapping("m", Cat("prefix: /p, service: example.com, ", c.spec)) +
                                     Mapping("sibling", "prefix: /other, service: example.com"));
    EXPECT_THAT(result.findings, ElementsAre(c.finding)) << c.spec;
    EXPECT_EQ(result.groups.size(), c.served ? 2u : 1u) << c.spec;
  }
}

TEST(MappingGroups, LeaveOutAMappingThatDoesNotFit) {
  struct Case {
    const char* a;
    const char* b;
    const char* finding;
    size_t routes;
  };
  const Case cases[] = {
      {"", "", nullptr, 2},
      {"", "prefix_regex: true", "E mapping-conflict b spec.prefix_regex", 1},
      {"prefix_exact: false", "", nullptr, 2},
      {"", "prefix_exact: true", "E mapping-conflict b spec.prefix_exact", 1},
      {"headers: {x: v}", "regex_headers: {x: v}", "E mapping-conflict b spec.regex_headers", 1},
      {"connect_timeout_ms: 5", "", "E mapping-conflict b spec.connect_timeout_ms", 1},
      {"bypass_auth: true", "", "E mapping-conflict b spec.bypass_auth", 1},
      {"", "keepalive: {probes: 3}", "E mapping-conflict b spec.keepalive", 1},
      {"", "circuit_breakers: [{max_retries: 1}]", "E mapping-conflict b spec.circuit_breakers", 1},
      {"", "host_redirect: true", "E mapping-conflict b spec.host_redirect", 1},
      {"host_redirect: true", "", "E mapping-conflict b spec.host_redirect", 1},
      {"host_redirect: true", "host_redirect: true", "E mapping-conflict b spec.host_redirect", 1},
      {"weight: 60", "weight: 60", "E weight-invalid b spec.weight", 2},
      {"weight: 101", "", "E weight-invalid a spec.weight", 1},
  };
  for (const Case& c : cases) {
    const auto spec = [](const char* more) { return Cat("prefix: /p, service: example.com, ", more); };
    const Result result = Translated(Mapping("a", spec(c.a)) + Mapping("b", spec(c.b)));
    if (c.finding == nullptr) {
      EXPECT_THAT(result.findings, IsEmpty()) << c.b;
    } else {
      EXPECT_THAT(result.findings, ElementsAre(c.finding));
    }
    ASSERT_EQ(result.groups.size(), 1u) << c.b;
    EXPECT_EQ(result.groups[0].routes.size(), c.routes) << c.a << " / " << c.b;
  }
}

TEST(MappingGroups, SplitByTheSelectorsOfHostsWhenTheyNameNoHost) {
  const std::string labelled =
      "---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: b, labels: {set: red}}, spec: "
      "{prefix: /p, service: example.com}}\n";
  ActiveHost host;
  host.hostname = "*";
  EXPECT_EQ(Translated(Mapping("a", "prefix: /p, service: example.com") + labelled, {host}).groups.size(), 1u);
  host.mapping_selector = resource::StringMap{{"set", "red"}};
  EXPECT_EQ(Translated(Mapping("a", "prefix: /p, service: example.com") + labelled, {host}).groups.size(), 2u);
  host.mapping_selector = resource::StringMap{{"set", "red"}, {"stage", "prod"}};
  EXPECT_EQ(Translated(Mapping("a", "prefix: /p, service: example.com") + labelled, {host}).groups.size(), 1u);
  Options any_label;
  any_label.strict_label_selectors = false;
  EXPECT_EQ(Translated(Mapping("a", "prefix: /p, service: example.com") + labelled, {host}, any_label).groups.size(),
            2u);
}

TEST(MappingGroups, ShareTrafficByThresholds) {
  const Result result = Translated(Mapping("a", "prefix: /p, service: one.com") +
                                   Mapping("b", "prefix: /p, service: two.com, weight: 10") +
                                   Mapping("c", "prefix: /p, service: three.com, weight: 40"));
  ASSERT_EQ(result.groups.size(), 1u);
  const auto& routes = result.groups[0].routes;
  ASSERT_EQ(routes.size(), 3u);
  EXPECT_EQ(routes[0]->match.share, (ir::Share{10, "routing.traffic_shift.cluster_two_com_default"}));
  EXPECT_EQ(routes[1]->match.share, (ir::Share{50, "routing.traffic_shift.cluster_three_com_default"}));
  EXPECT_EQ(routes[2]->match.share, std::nullopt);
  EXPECT_EQ(ForwardAt(result, 0, 2).upstream->name, "cluster_one_com_default");
}

TEST(MappingGroups, MirrorToTheShadow) {
  const Result result = Translated(Mapping("a", "prefix: /p, service: one.com") +
                                   Mapping("b", "prefix: /p, service: two.com, shadow: true, weight: 30") +
                                   Mapping("c", "prefix: /p, service: three.com, shadow: true"));
  EXPECT_THAT(result.findings, ElementsAre("E mapping-conflict c spec.shadow"));
  ASSERT_EQ(ForwardAt(result, 0).mirrors.size(), 1u);
  EXPECT_EQ(ForwardAt(result, 0).mirrors[0].upstream.name, "cluster_shadow_two_com_default");
  EXPECT_EQ(ForwardAt(result, 0).mirrors[0].percent, 30u);
  EXPECT_EQ(result.model.upstreams.size(), 3u);  // two, and the probes'
}

TEST(MappingGroups, RewriteThePath) {
  using Rewrite = decltype(ir::Forward::path_rewrite);
  struct Case {
    const char* spec;
    Rewrite want;
  };
  const Case cases[] = {
      {"", ir::PrefixRewrite{"/"}},
      {"rewrite: /x/", ir::PrefixRewrite{"/x/"}},
      {"rewrite: ''", std::monostate{}},
      {"regex_rewrite: {pattern: '/(.*)', substitution: '/a/\\1'}", ir::RegexRewrite{"/(.*)", "/a/\\1"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ForwardAt(Translated(Mapping("m", Cat("prefix: /p, service: one.com, ", c.spec))), 0).path_rewrite,
              c.want)
        << c.spec;
  }
}

TEST(MappingGroups, RedirectWithoutHeadersAndQuery) {
  const Result result =
      Translated(Mapping("m",
                         "prefix: /p, service: 'https://new.com:8443', host_redirect: true, prefix_redirect: /n, "
                         "redirect_response_code: 308, case_sensitive: false, headers: {x: v}, "
                         "query_parameters: {a: b}, add_response_headers: {x: {value: v}}"));
  ASSERT_EQ(result.groups.size(), 1u);
  const ir::Route& route = *result.groups[0].routes[0];
  EXPECT_EQ(std::get<ir::Redirect>(route.action),
            (ir::Redirect{false, "https://new.com:8443", ir::PrefixRewrite{"/n"}, 308}));
  EXPECT_THAT(route.match.query, IsEmpty());
  EXPECT_EQ(route.match.headers.size(), 1u);
  EXPECT_FALSE(route.match.path.case_sensitive);
  EXPECT_THAT(route.response_headers->add, IsEmpty());
}

// Emissary forgets those of a redirect: docs/compatibility.md, "Redirects and mappingSelector".
TEST(MappingGroups, HaveTheLabelsOfTheirMembersAndOfARedirect) {
  const auto labelled = [](const char* name, const char* labels, const char* spec) {
    return Cat("---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: ", name, ", labels: {",
               labels, "}}, spec: {hostname: '*', service: one.com, ", spec, "}}\n");
  };
  const Result result =
      Translated(labelled("a", "set: blue, only: a", "prefix: /p") + labelled("b", "set: red", "prefix: /p") +
                 labelled("c", "set: red", "prefix: /redirected, host_redirect: true"));
  ASSERT_EQ(result.groups.size(), 2u);
  EXPECT_EQ(*result.groups[0].labels, (resource::StringMap{{"set", "red"}}));
  EXPECT_EQ(*result.groups[1].labels, (resource::StringMap{{"only", "a"}, {"set", "red"}}));
  EXPECT_THAT(result.findings, IsEmpty());
}

TEST(MappingGroups, TakeTheRestFromEveryMember) {
  const Result result = Translated(
      Mapping("a",
              "prefix: /p, service: one.com, timeout_ms: 1, rewrite: /a/, add_request_headers: {x: {value: a}, z: "
              "{value: a}}, "
              "allow_upgrade: [spdy], priority: HIGH, cors: {origins: [a]}") +
      Mapping("b",
              "prefix: /p, service: two.com, timeout_ms: 2, add_request_headers: {x: {value: b, append: false}}, "
              "remove_request_headers: [z], retry_policy: {retry_on: 5xx, num_retries: 2}, use_websocket: true"));
  for (size_t i = 0; i < 2; ++i) {
    const ir::Route& route = *result.groups.at(0).routes.at(i);
    const ir::Forward& forward = ForwardAt(result, 0, i);
    EXPECT_THAT(route.request_headers->add,
                ElementsAre(ir::AddedHeader{"x", "b", false}, ir::AddedHeader{"z", "a", true}));
    EXPECT_THAT(route.request_headers->remove, ElementsAre("z"));
    EXPECT_THAT(*forward.upgrades, ElementsAre("spdy", "websocket"));
    EXPECT_EQ(forward.priority, ir::RoutePriority::kHigh);
    EXPECT_EQ(forward.retry->num_retries, 2u);
    EXPECT_TRUE(forward.cors->runtime_key.starts_with("routing.cors_enabled."));
    EXPECT_EQ(forward.timeout, std::chrono::milliseconds(i + 1));
  }
  EXPECT_EQ(ForwardAt(result, 0, 0).path_rewrite, decltype(ir::Forward::path_rewrite)(ir::PrefixRewrite{"/a/"}));
  EXPECT_EQ(ForwardAt(result, 0, 1).path_rewrite, decltype(ir::Forward::path_rewrite)(ir::PrefixRewrite{"/"}));
}

TEST(MappingGroups, UseTheModulesDefaultsUnlessTheMappingSaysOtherwise) {
  const std::string module =
      "---\n{apiVersion: getambassador.io/v3alpha1, kind: Module, metadata: {name: ambassador}, spec: {config: "
      "{cluster_request_timeout_ms: 7000, retry_policy: {retry_on: 5xx}, add_linkerd_headers: true, "
      "defaults: {httpmapping: {add_response_headers: {x: {value: v}}, remove_request_headers: [z]}}}}}\n";
  const Result result = Translated(
      module + Mapping("a", "prefix: /a, service: one.com") +
      Mapping("b", "prefix: /b, service: 'https://one.com', add_response_headers: {}, remove_request_headers: []"));
  const ir::Route &b = *result.groups.at(0).routes[0], &a = *result.groups.at(1).routes[0];
  EXPECT_EQ(ForwardAt(result, 1).timeout, std::chrono::seconds(7));
  EXPECT_EQ(ForwardAt(result, 1).retry->retry_on, "5xx");
  EXPECT_THAT(a.response_headers->add, ElementsAre(ir::AddedHeader{"x", "v", true}));
  EXPECT_THAT(a.request_headers->remove, ElementsAre("z"));
  EXPECT_THAT(a.request_headers->add, ElementsAre(ir::AddedHeader{"l5d-dst-override", "one.com:80", false}));
  EXPECT_THAT(b.response_headers->add, IsEmpty());
  EXPECT_THAT(b.request_headers->remove, IsEmpty());
  EXPECT_THAT(b.request_headers->add, ElementsAre(ir::AddedHeader{"l5d-dst-override", "one.com:443", false}));
}

TEST(MappingGroups, HoldTheProbesForEveryHost) {
  TestContext test("");
  MappingTranslator translator;
  const auto groups = TranslatedIn(test, translator);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0]->routes[0]->match.path.value, "/ambassador/v0/check_ready");
  EXPECT_EQ(groups[1]->routes[0]->match.path.value, "/ambassador/v0/check_alive");
  EXPECT_EQ(groups[0]->scope, MappingGroup::HostScope::kEvery);
  const ir::Model model = test.builder.Take();
  ASSERT_EQ(model.upstreams.size(), 1u);
  EXPECT_EQ(model.upstreams[0]->discovery, decltype(ir::Upstream::discovery)(ir::StaticDiscovery{"127.0.0.1", 8877}));
}

}  // namespace
}  // namespace nuncio::translate::emissary
