#include "nuncio/resource/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio::resource {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Decoded> DecodeText(std::string_view text) {
  YamlStream stream = ReadYaml(text);
  EXPECT_FALSE(stream.error) << stream.error->message << "\n" << text;
  std::vector<Decoded> out;
  for (const YamlDocument& document : stream.documents) {
    for (Decoded& one : Decode(document, "f.yaml")) out.push_back(std::move(one));
  }
  return out;
}

std::vector<std::string> Lines(const Decoded& decoded) {
  std::vector<std::string> lines;
  for (const auto& entry : decoded.problems) {
    lines.push_back(Cat(entry.weight == FieldErrors::Weight::kError ? "E " : "W ", entry.path, ": ", entry.message));
  }
  return lines;
}

template <typename T>
const T& Get(const Decoded& decoded) {
  return *std::get<std::shared_ptr<const T>>(decoded.object.value());
}

std::string Emissary(std::string_view kind, std::string_view spec) {
  return Cat("{apiVersion: getambassador.io/v3alpha1, kind: ", kind, ", metadata: {name: x}, spec: {", spec, "}}");
}

constexpr const char* kWholeMapping = R"(
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: quote
  namespace: shop
  labels: {a: b}
  generation: 3
  managedFields: [{manager: kubectl}]
spec:
  ambassador_id: [one, two]
  prefix: /p/
  prefix_regex: true
  prefix_exact: false
  case_sensitive: false
  service: https://svc.other:8443
  hostname: "*.example.com"
  host: h
  host_regex: true
  headers: {x-a: b}
  regex_headers: {x-r: ".*"}
  method: GET
  method_regex: false
  query_parameters: {q: v}
  regex_query_parameters: {r: v}
  precedence: -5
  priority: HIGH
  rewrite: ""
  regex_rewrite: {pattern: a, substitution: b}
  host_rewrite: other
  auto_host_rewrite: true
  add_request_headers: {x-b: {value: v, append: false}}
  add_response_headers: {x-c: {value: w}}
  remove_request_headers: [r1]
  remove_response_headers: []
  add_linkerd_headers: true
  bypass_auth: true
  auth_context_extensions: {k: v}
  cors: {origins: [o], methods: [GET], headers: [h], exposed_headers: [e], credentials: true, max_age: "5"}
  retry_policy: {retry_on: 5xx, num_retries: 4, per_try_timeout: 2s}
  circuit_breakers: [{priority: high, max_connections: 1, max_pending_requests: 2, max_requests: 3, max_retries: 4}]
  load_balancer: {policy: ring_hash, cookie: {name: c, path: /, ttl: 5s}}
  resolver: endpoint
  timeout_ms: 1
  idle_timeout_ms: 2
  connect_timeout_ms: 3
  cluster_idle_timeout_ms: 4
  cluster_max_connection_lifetime_ms: 5
  keepalive: {probes: 1, idle_time: 2, interval: 3}
  grpc: true
  tls: ctx
  dns_type: logical_dns
  respect_dns_ttl: true
  enable_ipv4: false
  enable_ipv6: true
  health_checks:
  - {timeout: 1s, interval: 2s, unhealthy_threshold: 3, healthy_threshold: 4,
     health_check: {http: {path: /h, hostname: hn, remove_request_headers: [x], expected_statuses: [{min: 200, max: 204}]}}}
  - health_check: {grpc: {upstream_name: u, authority: a}}
  weight: 30
  shadow: true
  host_redirect: false
  path_redirect: /x
  prefix_redirect: /y
  regex_redirect: {pattern: a, substitution: b}
  redirect_response_code: 308
  allow_upgrade: [websocket]
  use_websocket: true
  cluster_tag: t
  stats_name: s
  labels: {d: [{g: [{generic_key: {value: v}}]}]}
  docs: {path: /}
  error_response_overrides: []
  bypass_error_response_overrides: true
  outlier_detection: x
  envoy_override: {}
  modules: []
  v2ExplicitTLS: {}
status: {state: Running}
)";

// There may be ten thousands of each: a field that few set is Boxed, Rare, or in a part that is.
static_assert(sizeof(Mapping) < 700);
static_assert(sizeof(Host) < 450);

TEST(Decode, ReadsEveryFieldOfAMapping) {
  const auto all = DecodeText(kWholeMapping);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(Lines(all[0]), IsEmpty());
  const Mapping& m = Get<Mapping>(all[0]);
  EXPECT_EQ(m.meta.key(), (ObjectKey{"shop", "quote"}));
  EXPECT_EQ(m.meta.source, (Source{"f.yaml", 2}));
  EXPECT_EQ(m.meta.generation, 3);
  EXPECT_EQ(m.meta.labels->at("a"), "b");
  EXPECT_THAT(m.ambassador_id, ElementsAre("one", "two"));
  EXPECT_EQ(m.prefix, "/p/");
  EXPECT_EQ(m.prefix_exact, false);
  EXPECT_EQ(m.precedence, -5);
  EXPECT_EQ(m.rewrite, "");
  EXPECT_EQ(m.add_request_headers->at("x-b"), (AddedHeader{"v", false}));
  EXPECT_EQ(m.add_response_headers->at("x-c"), (AddedHeader{"w", std::nullopt}));
  EXPECT_TRUE(m.remove_response_headers.has_value());
  EXPECT_EQ(m.retry_policy, (RetryPolicy{"5xx", 4, "2s"}));
  EXPECT_EQ(m.cluster->circuit_breakers->at(0), (CircuitBreaker{"high", 1, 2, 3, 4}));
  EXPECT_EQ(m.load_balancer->cookie, (LoadBalancerCookie{"c", "/", "5s"}));
  EXPECT_EQ(m.cluster->keepalive, (KeepAlive{1, 2, 3}));
  ASSERT_EQ(m.cluster->health_checks.size(), 2u);
  EXPECT_EQ(m.cluster->health_checks[0].http->expected_statuses.at(0), (HttpHealthCheck::StatusRange{200, 204}));
  EXPECT_EQ(m.cluster->health_checks[1].grpc->upstream_name, "u");
  EXPECT_EQ(m.redirect->redirect_response_code, 308);
  EXPECT_TRUE(m.has_labels && m.has_docs && m.has_error_response_overrides && m.has_bypass_error_response_overrides &&
              m.has_outlier_detection && m.has_envoy_override && m.has_modules);
}

TEST(Decode, ReadsTheEdge) {
  const auto all = DecodeText(Cat(
      Emissary("Listener",
               "port: 8443, protocol: HTTPS, protocolStack: [TLS, HTTP, TCP], securityModel: SECURE, "
               "statsPrefix: p, l7Depth: 2, http2MaxConcurrentStreams: 9, "
               "hostBinding: {namespace: {from: ALL}, selector: {matchLabels: {a: b}, matchExpressions: []}}"),
      "\n---\n",
      Emissary(
          "Host",
          "hostname: a.b, mappingSelector: {matchLabels: {c: d}}, tlsSecret: {name: s, namespace: ns1}, "
          "tlsContext: {name: ctx}, tls: {minTLSVersion: v1.2, cert_required: true, alpnProtocols: h2}, "
          "requestPolicy: {insecure: {action: Route, additionalPort: 8080}}, "
          "acmeProvider: {authority: none, email: e, privateKeySecret: {name: k}}, previewUrl: {}, ambassadorId: solo"),
      "\n---\n", Emissary("Host", ""), "\n---\n",
      Emissary("TLSContext", "hosts: [h], secret: s, min_tls_version: v1.3, secret_namespacing: false"), "\n---\n",
      Emissary("TCPMapping", "port: 2222, service: s, host: sni, idle_timeout_ms: '5', weight: 3"), "\n---\n",
      Emissary("Module", "config: {a: 1}"), "\n---\n", Emissary("KubernetesEndpointResolver", ""), "\n---\n",
      Emissary("KubernetesServiceResolver", "ambassador_id: [q]")));
  ASSERT_EQ(all.size(), 8u);
  for (const Decoded& each : all) EXPECT_THAT(Lines(each), IsEmpty()) << each.id.kind;
  const Listener& listener = Get<Listener>(all[0]);
  EXPECT_EQ(listener.port, 8443);
  EXPECT_EQ(listener.protocol, ListenerProtocol::kHttps);
  EXPECT_THAT(listener.protocol_stack, ElementsAre(ProtocolLayer::kTls, ProtocolLayer::kHttp, ProtocolLayer::kTcp));
  EXPECT_EQ(listener.security_model, SecurityModel::kSecure);
  EXPECT_EQ(listener.bind_namespace, NamespaceFrom::kAll);
  EXPECT_EQ(listener.bind_selector, (LabelSelector{{{"a", "b"}}, true}));
  const Host& host = Get<Host>(all[1]);
  EXPECT_EQ(host.tls_secret, (SecretReference{"s", "ns1"}));
  EXPECT_EQ(*host.tls_context, "ctx");
  EXPECT_EQ(host.tls->min_tls_version, "v1.2");
  EXPECT_EQ(host.tls->alpn_protocols, "h2");
  EXPECT_EQ(host.insecure_action, InsecureAction::kRoute);
  EXPECT_TRUE(host.has_additional_port && host.has_acme_provider && host.has_preview_url);
  EXPECT_EQ(*host.acme_private_key_secret, "k");
  EXPECT_THAT(host.ambassador_id, ElementsAre("solo"));
  EXPECT_EQ(Get<Host>(all[2]).tls, std::nullopt);
  EXPECT_FALSE(Get<Host>(all[2]).has_acme_provider);
  EXPECT_EQ(Get<TlsContext>(all[3]).secret_namespacing, false);
  EXPECT_EQ(Get<TcpMapping>(all[4]).port, 2222);
  EXPECT_EQ(*Get<Module>(all[5]).config, Json::parse(R"({"a":1})"));
  EXPECT_EQ(all[5].id.key, (ObjectKey{"default", "x"}));
}

TEST(Decode, ReadsCoreObjectsAndIgnoresTheirOtherFields) {
  const auto all = DecodeText(R"(
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: 10.0.0.1, selector: {a: b}, ports: [{name: h, port: 80, targetPort: 8080}, {port: 81, targetPort: web, nodePort: 3}]}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
type: kubernetes.io/tls
data: {a: aGVsbG8=, b: aGk=}
stringData: {b: there, c: plain}
---
apiVersion: v1
kind: Namespace
metadata: {name: nn, namespace: ignored, labels: {l: v}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: h, port: 8080, protocol: TCP}, {port: null}]
endpoints:
- {addresses: [10.0.0.2], zone: z, conditions: {ready: true, serving: true, terminating: false}, targetRef: {kind: Pod}}
- {addresses: [10.0.0.3]}
)");
  ASSERT_EQ(all.size(), 4u);
  for (const Decoded& each : all) EXPECT_THAT(Lines(each), IsEmpty()) << each.id.kind;
  const Service& service = Get<Service>(all[0]);
  EXPECT_EQ(service.ports.at(0).target_port, "8080");
  EXPECT_EQ(service.ports.at(1).target_port, "web");
  EXPECT_EQ(Get<Secret>(all[1]).data,
            (std::map<std::string, std::string>{{"a", "hello"}, {"b", "there"}, {"c", "plain"}}));
  EXPECT_EQ(Get<Namespace>(all[2]).meta.key(), (ObjectKey{"", "nn"}));
  const EndpointSlice& slice = Get<EndpointSlice>(all[3]);
  EXPECT_EQ(slice.service, "s");
  EXPECT_EQ(slice.ports.at(0).port, 8080);
  EXPECT_EQ(slice.ports.at(1).port, std::nullopt);
  EXPECT_EQ(slice.endpoints.at(0).ready, true);
  EXPECT_EQ(slice.endpoints.at(1).ready, std::nullopt);
}

struct ErrorCase {
  std::string text;
  std::vector<std::string> want;
};

const std::string kBinding = "hostBinding: {namespace: {from: ALL}}";
const ErrorCase kErrorCases[] = {
    {Emissary("Mapping", ""), {"E spec.prefix: is required", "E spec.service: is required"}},
    {Emissary("Mapping", "prefix: /, service: 5"),
     {"E spec.service: must be a string, not the number 5; put it in quotes"}},
    {Emissary("Mapping", "prefix: /, service: s, perfix_regex: true"),
     {"W spec.perfix_regex: is not a field of this kind and has no effect; did you mean \"prefix_regex\"?"}},
    {Emissary("Mapping", "prefix: /, service: s, redirect_response_code: 304"),
     {"E spec.redirect_response_code: must be one of 301, 302, 303, 307, 308, not 304"}},
    {Emissary("Mapping", "prefix: /, service: s, add_request_headers: {x-a: {value: 1}}"),
     {"E spec.add_request_headers[x-a].value: must be a string, not the number 1; put it in quotes"}},
    {Emissary("Mapping", "prefix: /, service: s, add_request_headers: {x-a: v}"),
     {"E spec.add_request_headers[x-a]: must be an object, not the text \"v\""}},
    {Emissary("Mapping", "prefix: /, service: s, circuit_breakers: [{}, {priority: low}]"),
     {"E spec.circuit_breakers[1].priority: must be one of default, high, not the text \"low\""}},
    {Emissary("Mapping", "prefix: /, service: s, load_balancer: {}"), {"E spec.load_balancer.policy: is required"}},
    {Emissary("Mapping", "prefix: /, service: s, retry_policy: {retry_on: never}"),
     {"E spec.retry_policy.retry_on: must be one of 5xx, gateway-error, connect-failure, retriable-4xx, "
      "refused-stream, retriable-status-codes, not the text \"never\""}},
    {Emissary("Mapping", "prefix: /, service: s, timeout_ms: -1"),
     {"E spec.timeout_ms: must be from 0 to 31536000000, not -1"}},
    {Emissary("Mapping", "prefix: /, service: s, health_checks: [{health_check: {}}]"),
     {"E spec.health_checks[0].health_check: must have exactly one of http and grpc"}},
    {Emissary("Mapping",
              "prefix: /, service: s, health_checks: [{health_check: {http: {path: /, expected_statuses: [{min: 99, "
              "max: 600}]}}}]"),
     {"E spec.health_checks[0].health_check.http.expected_statuses[0].min: must be from 100 to 599, not 99",
      "E spec.health_checks[0].health_check.http.expected_statuses[0].max: must be from 100 to 599, not 600"}},
    {Emissary("Mapping", "prefix: /, service: s, remove_request_headers: x"),
     {"E spec.remove_request_headers: must be a list, not the text \"x\""}},
    {Emissary("TCPMapping", "port: 70000, service: s"), {"E spec.port: must be from 1 to 65535, not 70000"}},
    {Emissary("TCPMapping", "idle_timeout_ms: 5"),
     {"E spec.port: is required", "E spec.service: is required",
      "E spec.idle_timeout_ms: must be a string, not the number 5; put it in quotes"}},
    {Emissary("Listener", "port: 80, securityModel: XFP"),
     {"E spec.hostBinding: is required: namespace.from, selector.matchLabels, or both"}},
    {Emissary("Listener", "port: 80, securityModel: XFP, hostBinding: {namespace: {from: Everywhere}}"),
     {"E spec.hostBinding.namespace.from: must be one of SELF, ALL, SELECTOR, not the text \"Everywhere\""}},
    {Emissary("Listener", Cat("port: 0, protocol: HTTP2, protocolStack: [TLS, FOO], ", kBinding)),
     {"E spec.port: must be from 1 to 65535, not 0",
      "E spec.protocol: must be one of HTTP, HTTPS, HTTPPROXY, HTTPSPROXY, TCP, TLS, UDP, not the text \"HTTP2\"",
      "E spec.protocolStack[1]: must be one of HTTP, PROXY, TLS, TCP, UDP, not the text \"FOO\"",
      "E spec.securityModel: is required"}},
    {Emissary("Listener", Cat("port: 80, securityModel: XFP, http2MaxConcurrentStreams: 0, l7depth: 1, ", kBinding)),
     {"E spec.http2MaxConcurrentStreams: must be from 1 to 4294967295, not 0",
      "W spec.l7depth: is not a field of this kind and has no effect; did you mean \"l7Depth\"?"}},
    {Emissary("Host", "requestPolicy: {insecure: {action: redirect}}"),
     {"E spec.requestPolicy.insecure.action: must be one of Redirect, Reject, Route, not the text \"redirect\""}},
    {Emissary("Host", "tlsSecret: name"), {"E spec.tlsSecret: must be an object, not the text \"name\""}},
    {Emissary("Host", "tls: {ciphers: []}"),
     {"W spec.tls.ciphers: is not a field of this kind and has no effect; remove it"}},
    {Emissary("Host", "ambassador_id: 5"), {"E spec.ambassador_id: must be a list, not the number 5"}},
    {Emissary("TLSContext", "min_tls_version: '1.2'"),
     {"E spec.min_tls_version: must be one of v1.0, v1.1, v1.2, v1.3, not the text \"1.2\""}},
    {Emissary("TLSContext", "hosts: h"), {"E spec.hosts: must be a list, not the text \"h\""}},
    {Emissary("Module", ""), {"E spec.config: is required"}},
    {Emissary("Module", "config: []"), {"E spec.config: must be an object, not a list"}},
    {Emissary("KubernetesServiceResolver", "address: x"),
     {"W spec.address: is not a field of this kind and has no effect; remove it"}},
    {Emissary("KubernetesEndpointResolver", "ambassador_id: [1]"),
     {"E spec.ambassador_id[0]: must be a string, not the number 1; put it in quotes"}},
    {Emissary("AuthService", "ambassador_id: [1], whatever: 5"),
     {"E spec.ambassador_id[0]: must be a string, not the number 1; put it in quotes"}},
    {"{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 0}, {}]}}",
     {"E spec.ports[0].port: must be from 1 to 65535, not 0", "E spec.ports[1].port: is required"}},
    {"{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: '%%%'}}",
     {"E data[k]: is not base64; text as it is goes into stringData"}},
    {"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s}, endpoints: [{}]}",
     {"E addressType: is required", "E endpoints[0].addresses: is required"}},
    {"{apiVersion: v1, kind: Namespace, metadata: {labels: {a: 1}}}",
     {"E metadata.name: is required", "E metadata.labels[a]: must be a string, not the number 1; put it in quotes"}},
    {"{apiVersion: v1, kind: Service, metadata: {name: Bad_Name, namespace: -x}}",
     {"E metadata.name: must consist of lower case letters, digits, '-' and '.', and start and end with a letter or "
      "digit",
      "E metadata.namespace: must consist of lower case letters, digits, '-' and '.', and start and end with a letter "
      "or digit"}},
    {Cat("{apiVersion: v1, kind: Service, metadata: {name: ", std::string(254, 'a'), "}}"),
     {"E metadata.name: must have at most 253 characters"}},
    {"{apiVersion: v1, kind: Service}", {"E metadata: is required, with the object's name"}},
    {"{metadata: {name: x}}", {"E apiVersion: is required", "E kind: is required"}},
    {"{apiVersion: v1, kind: 5}", {"E kind: must be a string, not the number 5; put it in quotes"}},
    {"[1]", {"E : must be an object with apiVersion, kind and metadata, not a list"}},
    {"{apiVersion: v1, kind: List, items: 5}", {"E items: must be a list"}},
    {"{apiVersion: getambassador.io/v3alpha1, kind: Maping, metadata: {name: x}}",
     {"E kind: is not a kind of getambassador.io; did you mean \"Mapping\"?"}},
    {"{apiVersion: getambassador.io/v0, kind: Mapping, metadata: {name: x}}",
     {"E apiVersion: this version of Mapping is not read; write the object as getambassador.io/v3alpha1"}},
    {"{apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, metadata: {name: x}}",
     {"E apiVersion: this version of EndpointSlice is not read; write the object as discovery.k8s.io/v1"}},
};

TEST(Decode, SaysWhatIsWrongAtItsPath) {
  for (const auto& [text, want] : kErrorCases) {
    const auto all = DecodeText(text);
    ASSERT_EQ(all.size(), 1u) << text;
    EXPECT_EQ(Lines(all[0]), want) << text;
    const bool only_warnings = want[0][0] == 'W' && want.size() == 1;
    EXPECT_EQ(all[0].object.has_value(), only_warnings) << text;
    EXPECT_EQ(all[0].outcome == Outcome::kGood, only_warnings) << text;
  }
}

TEST(Decode, TellsKindsApart) {
  const struct {
    const char* api_version;
    const char* kind;
    const char* want;
  } kCases[] = {
      {"apps/v1", "Deployment", "ignored"},
      {"v1", "ConfigMap", "ignored"},
      {"networking.k8s.io/v1", "NetworkPolicy", "ignored"},
      {"serving.knative.dev/v1", "Service", "ignored"},
      {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "ignored"},
      {"networking.k8s.io/v1", "Ingress", "unbuilt"},
      {"gateway.networking.k8s.io/v1", "HTTPRoute", "unbuilt"},
      {"gateway.networking.k8s.io/v1beta1", "GatewayClass", "unbuilt"},
      {"networking.internal.knative.dev/v1alpha1", "Ingress", "unbuilt"},
      {"getambassador.io/v3alpha1", "RateLimitService", "unbuilt"},
      {"getambassador.io/v2", "AuthService", "unbuilt"},
      {"getambassador.io/v0", "AuthService", "version"},
      {"getambassador.io/v0", "Mapping", "version"},
      {"getambassador.io/v1", "Host", "version"},
      {"getambassador.io/v2", "Listener", "version"},
      {"v2", "Service", "version"},
      {"getambassador.io/v3alpha1", "Filter", "unknown"},
      {"x.getambassador.io/v3alpha1", "AmbassadorMapping", "unknown"},
      {"v1", "Namespace", "read"},
  };
  for (const auto& [api_version, kind, want] : kCases) {
    const auto all = DecodeText(Cat("{apiVersion: ", api_version, ", kind: ", kind, ", metadata: {name: x}}"));
    std::string got = "ignored";
    if (!all.empty()) {
      const bool unbuilt =
          all[0].object && std::holds_alternative<std::shared_ptr<const UnbuiltObject>>(*all[0].object);
      got = all[0].outcome == Outcome::kUnsupportedVersion ? "version"
            : all[0].outcome == Outcome::kUnknownKind      ? "unknown"
            : unbuilt                                      ? "unbuilt"
                                                           : "read";
      EXPECT_EQ(all[0].id.kind, kind);
      EXPECT_EQ(all[0].id.key.name, "x");
    }
    EXPECT_EQ(got, want) << api_version << " " << kind;
  }
}

TEST(Decode, TakesListsApart) {
  const auto all = DecodeText(R"(# two objects
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata: {name: a}
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: Namespace, metadata: {name: b}}
- apiVersion: apps/v1
  kind: Deployment
)");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id.key.name, "a");
  EXPECT_EQ(all[0].source.line, 5);
  EXPECT_EQ(all[1].id.key.name, "b");
  EXPECT_EQ(all[1].source.line, 8);
}

TEST(Decode, RefusesListsWithinListsWithinLists) {
  std::string text = "{apiVersion: v1, kind: Namespace, metadata: {name: a}}";
  for (int i = 0; i < 20; ++i) text = Cat("{apiVersion: v1, kind: List, items: [", text, "]}");
  const auto all = DecodeText(text);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(Lines(all[0]), ElementsAre("E items: nested too deep"));
}

TEST(Decode, KeepsTheIdOfAnUnbuiltObject) {
  const auto all = DecodeText(Emissary("TracingService", "ambassador_id: [other], service: [what, ever]"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(Get<UnbuiltObject>(all[0]).ambassador_id, ElementsAre("other"));
  EXPECT_EQ(Get<UnbuiltObject>(all[0]).kind, "TracingService");
}

}  // namespace
}  // namespace nuncio::resource
