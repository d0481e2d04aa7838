#include "nuncio/translate/emissary/listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"
#include "nuncio/translate/translate.h"

namespace nuncio::translate::emissary {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// A Listener on port 8080 for Hosts of every namespace.
std::string Listener(std::string_view name, std::string_view spec = "protocol: HTTP, securityModel: XFP") {
  return Emissary("Listener", name, Cat("port: 8080, hostBinding: {namespace: {from: ALL}}, ", spec));
}
std::string Https(std::string_view model = "XFP") {
  return Listener("l", Cat("protocol: HTTPS, securityModel: ", model));
}
std::string Host(std::string_view name, std::string_view hostname, std::string_view action,
                 std::string_view more = "") {
  return Emissary("Host", name,
                  Cat("hostname: '", hostname, "', requestPolicy: {insecure: {action: ", action, "}}", more));
}
std::string Labelled(std::string manifest, std::string_view labels) {
  const size_t at = manifest.find("namespace: ");
  return manifest.insert(at, Cat("labels: {", labels, "}, "));
}
const char kTls[] = ", tlsSecret: {name: s}";
const char kNoProbes[] =
    "---\n{apiVersion: getambassador.io/v3alpha1, kind: Module, metadata: {name: ambassador, namespace: default}, "
    "spec: "
    "{config: {liveness_probe: {enabled: false}, readiness_probe: {enabled: false}}}}\n";

// "/prefix", then "+https" when X-Forwarded-Proto must be so, "+proto" when the Mapping asks for one, then ">tls" for a
// redirect to https, ">x" for one elsewhere.
std::string TextOf(const ir::Route& route) {
  std::string text = route.match.path.value;
  for (const ir::HeaderMatch& header : route.match.headers) {
    if (header.name == "x-forwarded-proto") text += Cat("+", header.match.value);
  }
  if (const auto* redirect = std::get_if<ir::Redirect>(&route.action)) text += redirect->to_https ? ">tls" : ">x";
  return text;
}

std::string TextOf(const ir::FilterChain& chain) {
  std::string text = chain.name;
  for (const std::string& name : chain.server_names) text += Cat(" sni:", name);
  if (chain.tls) text += Cat(" ", chain.tls->certificate->value);
  if (const auto* tcp = std::get_if<ir::TcpService>(&chain.service)) {
    return Cat(text, " ", tcp->stat_prefix, " tcp:", tcp->targets.at(0).upstream.name);
  }
  for (const ir::VirtualHostPtr& host : std::get<ir::HttpService>(chain.service).routes.virtual_hosts) {
    text += Cat(" | ", host->name);
    for (const ir::RoutePtr& route : host->routes) text += Cat(" ", TextOf(*route));
  }
  return text;
}

// The header that each virtual host of the first chain adds; empty when there is none.
std::string AddedToResponses(const ir::Listener& listener) {
  const auto& hosts = std::get<ir::HttpService>(listener.chains.at(0).service).routes.virtual_hosts;
  const auto& added = hosts[0]->response_headers->add;
  return added.empty() ? "" : added[0].name;
}

struct Outcome {
  ir::Model model;
  std::vector<std::string> chains;    // of all listeners
  std::vector<std::string> findings;  // "<severity> <code> <name> <field>"
};

Outcome Serve(const std::string& manifests, Options options = {}) {
  Translation translation = Translate(SnapshotOf(manifests + kNoProbes), options);
  Outcome outcome;
  for (const ir::Listener& listener : translation.model.listeners) {
    for (const ir::FilterChain& chain : listener.chains) outcome.chains.push_back(TextOf(chain));
  }
  for (const ir::Finding& finding : translation.findings) {
    const char* severity = finding.severity == ir::Severity::kError     ? "E"
                           : finding.severity == ir::Severity::kWarning ? "W"
                                                                        : "N";
    outcome.findings.push_back(Cat(severity, " ", finding.code, " ", finding.object.name, " ", finding.field));
  }
  outcome.model = std::move(translation.model);
  return outcome;
}

TEST(Listeners, ReadTheirStack) {
  const struct {
    const char* spec;
    const char* stat_prefix;
    bool proxy, tls;
  } kCases[] = {
      {"protocol: HTTP", "ingress_http", false, false},
      {"protocol: HTTPS", "ingress_https", false, true},
      {"protocol: HTTPPROXY", "ingress_http", true, false},
      {"protocol: HTTPSPROXY", "ingress_https", true, true},
      {"protocolStack: [HTTP, TCP]", "ingress_http", false, false},
      {"protocol: HTTP, statsPrefix: mine", "mine", false, false},
  };
  for (const auto& test : kCases) {
    const Outcome outcome = Serve(Listener("l", Cat(test.spec, ", securityModel: XFP")) + Host("h", "*", "Route"));
    ASSERT_EQ(outcome.model.listeners.size(), 1U) << test.spec;
    const ir::Listener& listener = outcome.model.listeners[0];
    EXPECT_EQ(listener.name, "l.default");
    EXPECT_EQ(listener.port, 8080);
    EXPECT_EQ(listener.http.stat_prefix, test.stat_prefix) << test.spec;
    std::vector<ir::Listener::ListenerFilter> filters;
    if (test.proxy) filters.push_back(ir::Listener::ListenerFilter::kProxyProtocol);
    if (test.tls) filters.push_back(ir::Listener::ListenerFilter::kTlsInspector);
    EXPECT_EQ(listener.listener_filters, filters) << test.spec;
    EXPECT_THAT(outcome.findings, IsEmpty()) << test.spec;
  }
}

TEST(Listeners, ThatCannotBeUsedAreLeftOut) {
  const std::string binding = "hostBinding: {namespace: {from: ALL}}";
  const struct {
    const char* name;
    std::string spec;
    const char* want;
  } kCases[] = {
      {"neither", Cat("port: 1, securityModel: XFP, ", binding), "E listener-invalid l spec"},
      {"udp", Cat("port: 1, protocol: UDP, securityModel: XFP, ", binding), "E listener-invalid l spec.protocol"},
      {"no transport", Cat("port: 1, protocolStack: [TCP, HTTP], securityModel: XFP, ", binding),
       "E listener-invalid l spec.protocolStack"},
      {"udp without http", Cat("port: 1, protocolStack: [TLS, UDP], securityModel: XFP, ", binding),
       "E listener-invalid l spec.protocolStack"},
      {"udp without tls", Cat("port: 1, protocolStack: [HTTP, UDP], securityModel: XFP, ", binding),
       "E listener-invalid l spec.protocolStack"},
      {"expressions",
       "port: 1, protocol: HTTP, securityModel: XFP, hostBinding: {selector: {matchExpressions: [{key: a, operator: "
       "Exists}]}}",
       "E listener-invalid l spec.hostBinding.selector"},
  };
  for (const auto& test : kCases) {
    const Outcome outcome = Serve(Emissary("Listener", "l", test.spec) + Host("h", "*", "Route"));
    EXPECT_THAT(outcome.model.listeners, IsEmpty()) << test.name;
    EXPECT_THAT(outcome.findings, Contains(test.want)) << test.name;
    EXPECT_THAT(outcome.findings, Contains("E listener-missing  ")) << test.name;
  }
}

TEST(Listeners, ConflictAndQuirksAreReported) {
  EXPECT_THAT(Serve(Listener("a") + Listener("b") + Host("h", "*", "Route")).findings,
              ElementsAre("E listener-conflict b spec.port"));
  EXPECT_THAT(
      Serve(Listener("l", "protocol: HTTP, protocolStack: [HTTP, TCP], securityModel: XFP") + Host("h", "*", "Route"))
          .findings,
      ElementsAre("E listener-invalid l spec.protocol"));
  EXPECT_THAT(Serve(Emissary("Listener", "l",
                             "port: 1, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: "
                             "SELECTOR}, selector: {matchLabels: {a: b}}}") +
                    Labelled(Host("h", "*", "Route"), "a: b"))
                  .findings,
              ElementsAre("E not-supported l spec.hostBinding.namespace.from"));
  EXPECT_THAT(Serve(Listener("l", "protocol: TCP, securityModel: XFP") + Host("h", "*", "Route")).findings,
              ElementsAre("E listener-missing  ", "E listener-unused l spec.hostBinding"));
}

TEST(Listeners, TakeHostsByNamespaceAndLabels) {
  const auto spec = [](std::string_view binding) {
    return Emissary("Listener", "l",
                    Cat("port: 8080, protocol: HTTP, securityModel: SECURE, hostBinding: {", binding, "}"));
  };
  const std::string hosts =
      Labelled(Host("a", "a.com", "Route"), "x: red") + Emissary("Host", "b", "hostname: b.com", "other");
  EXPECT_THAT(Serve(spec("namespace: {from: ALL}") + hosts).chains, ElementsAre("httphost-shared | a.com | b.com"));
  EXPECT_THAT(Serve(spec("namespace: {from: SELF}") + hosts).chains, ElementsAre("httphost-shared | a.com"));
  EXPECT_THAT(Serve(spec("namespace: {from: ALL}, selector: {matchLabels: {x: red}}") + hosts).chains,
              ElementsAre("httphost-shared | a.com"));
  EXPECT_THAT(Serve(spec("selector: {matchLabels: {x: red}}") + hosts).chains, ElementsAre("httphost-shared | a.com"));
  EXPECT_THAT(Serve(spec("selector: {matchLabels: {x: red, z: red}}") + hosts).chains, IsEmpty());
  Options lenient;
  lenient.strict_label_selectors = false;
  EXPECT_THAT(Serve(spec("selector: {matchLabels: {x: red, z: red}}") + hosts, lenient).chains,
              ElementsAre("httphost-shared | a.com"));
  EXPECT_THAT(Serve(spec("namespace: {from: SELF}") + hosts).findings, ElementsAre("W host-unused b "));
}

// Every security model with every insecure action (reference 3.2), in cleartext and over TLS.
TEST(Listeners, MakeRouteVariants) {
  const struct {
    const char* model;
    const char* action;
    std::vector<std::string> want;
  } kCases[] = {
      {"XFP",
       "Route",
       {"httphost-shared | a.com /a", "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a"}},
      {"XFP",
       "Redirect",
       {"httphost-shared | a.com /a+https /a>tls",
        "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a+https /a>tls"}},
      {"XFP",
       "Reject",
       {"httphost-shared | a.com /a+https",
        "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a+https"}},
      {"SECURE",
       "Redirect",
       {"httphost-shared | a.com /a", "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a"}},
      {"SECURE",
       "Reject",
       {"httphost-shared | a.com /a", "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a"}},
      {"INSECURE",
       "Route",
       {"httphost-shared | a.com /a", "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a"}},
      {"INSECURE",
       "Redirect",
       {"httphost-shared | a.com /a>tls", "httpshost-default/h sni:a.com secret/default/s/certificate | a.com /a>tls"}},
      {"INSECURE", "Reject", {"httpshost-default/h sni:a.com secret/default/s/certificate | a.com"}},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Serve(Https(test.model) + Host("h", "a.com", test.action, kTls) + TlsSecret("s") +
                      Mapping("m", "prefix: /a, hostname: a.com, service: x.com"))
                    .chains,
                testing::ElementsAreArray(test.want))
        << test.model << " " << test.action;
  }
}

TEST(Listeners, ChallengesOfAcmeAreRoutedWhateverTheAction) {
  const std::string prefix = "/.well-known/acme-challenge/";
  EXPECT_THAT(Serve(Listener("l") + Host("h", "*", "Redirect") +
                    Mapping("m", Cat("prefix: ", prefix, ", hostname: '*', service: x.com")))
                  .chains,
              ElementsAre(Cat("httphost-shared | * ", prefix)));
}

TEST(Listeners, AVariantReplacesTheProtoThatAMappingAsksFor) {
  const std::string mapping =
      Mapping("m", "prefix: /a, hostname: '*', service: x.com, headers: {X-Forwarded-Proto: http}");
  const auto chains = [&](std::string_view model, std::string_view action) {
    return Serve(Listener("l", Cat("protocol: HTTP, securityModel: ", model)) + Host("h", "*", action) + mapping)
        .chains;
  };
  EXPECT_THAT(chains("XFP", "Route"), ElementsAre("httphost-shared | * /a"));
  EXPECT_THAT(chains("SECURE", "Route").at(0), testing::StartsWith("httphost-shared | * /a"));
}

TEST(Listeners, TheRoutesOfAGroupAreSharedByVirtualHosts) {
  const Outcome outcome = Serve(Listener("l") + Host("a", "a.com", "Redirect") + Host("b", "b.com", "Redirect") +
                                Mapping("m", "prefix: /a, hostname: '*', service: x.com"));
  const auto& hosts =
      std::get<ir::HttpService>(outcome.model.listeners.at(0).chains.at(0).service).routes.virtual_hosts;
  ASSERT_EQ(hosts.size(), 2U);
  EXPECT_EQ(hosts[0]->routes, hosts[1]->routes);  // the same pointers
  EXPECT_EQ(hosts[0]->routes.size(), 2U);
}

TEST(Listeners, HostsTakeMappingsByNameAndSelector) {
  const auto chains = [](const std::string& host, const std::string& mapping) {
    return Serve(Listener("l", "protocol: HTTP, securityModel: SECURE") + host + mapping).chains.at(0);
  };
  const std::string any = Host("h", "a.com", "Route");
  const std::string choosy = Host("h", "a.com", "Route", ", mappingSelector: {matchLabels: {x: red}}");
  const auto mapping = [](std::string_view hostname, std::string_view labels) {
    return Labelled(Mapping("m", Cat("prefix: /a, service: x.com", hostname)), labels);
  };
  const std::string with = "httphost-shared | a.com /a", without = "httphost-shared | a.com";
  EXPECT_EQ(chains(any, mapping(", hostname: a.com", "")), with);
  EXPECT_EQ(chains(any, mapping(", hostname: '*.com'", "")), with);
  EXPECT_EQ(chains(any, mapping(", hostname: b.com", "")), without);
  EXPECT_EQ(chains(any, mapping("", "x: red")), without);
  EXPECT_EQ(chains(any, mapping(", host: '.*', host_regex: true", "")), with);
  EXPECT_EQ(chains(choosy, mapping("", "x: red")), with);
  EXPECT_EQ(chains(choosy, mapping("", "x: blue")), without);
  EXPECT_EQ(chains(choosy, mapping(", hostname: a.com", "")), without);
  EXPECT_EQ(chains(choosy, mapping(", hostname: a.com", "x: red")), with);
  EXPECT_EQ(chains(choosy, mapping(", hostname: b.com", "x: red")), without);
  EXPECT_EQ(chains(choosy, mapping(", host: '.*', host_regex: true", "")), without);
}

TEST(Listeners, WithLenientSelectorsNameOrLabelIsEnough) {
  Options lenient;
  lenient.strict_label_selectors = false;
  const auto chains = [&](const std::string& mapping) {
    return Serve(Listener("l", "protocol: HTTP, securityModel: SECURE") +
                     Host("h", "a.com", "Route", ", mappingSelector: {matchLabels: {x: red, z: red}}") + mapping,
                 lenient)
        .chains.at(0);
  };
  EXPECT_EQ(chains(Mapping("m", "prefix: /a, hostname: a.com, service: x.com")), "httphost-shared | a.com /a");
  EXPECT_EQ(chains(Labelled(Mapping("m", "prefix: /a, hostname: b.com, service: x.com"), "x: red")),
            "httphost-shared | a.com /a");
  EXPECT_EQ(chains(Mapping("m", "prefix: /a, service: x.com")), "httphost-shared | a.com");
}

TEST(Listeners, OneHostnameTwiceGoesToTheLastInCleartextAndToTheFirstOverTls) {
  const Outcome outcome =
      Serve(Https("SECURE") + Host("h1", "a.com", "Route", Cat(kTls, ", mappingSelector: {matchLabels: {x: red}}")) +
            Host("h2", "A.com", "Route", kTls) + TlsSecret("s") +
            Labelled(Mapping("m1", "prefix: /1, service: x.com"), "x: red") +
            Mapping("m2", "prefix: /2, hostname: 'A.com', service: x.com"));
  // "A.com" is sorted before "a.com", so that h1 is the last.
  EXPECT_THAT(outcome.chains, ElementsAre("httphost-shared | a.com /1",
                                          "httpshost-default/h2 sni:a.com secret/default/s/certificate | a.com /2"));
  EXPECT_THAT(outcome.findings, ElementsAre("E host-conflict h1 spec.hostname", "E host-conflict h2 spec.hostname"));
}

TEST(Listeners, HostsOfOneNameInTlsShareAChainWhenTheyShareTheContext) {
  const auto hosts = [](const char* context) {
    return Host("h1", "a.com", "Route", Cat(kTls, context)) + Host("h2", "a.com:8080", "Route", Cat(kTls, context)) +
           Host("h3", "*", "Route", kTls) + TlsSecret("s") + Emissary("TLSContext", "c", "secret: s");
  };
  EXPECT_THAT(Serve(Https() + hosts(", tlsContext: {name: c}")).chains,
              ElementsAre("httphost-shared | * | a.com | a.com:8080",
                          "httpshost-default/h1 sni:a.com secret/default/s/certificate | a.com | a.com:8080",
                          "httpshost-default/h3 secret/default/s/certificate | *"));
  const Outcome apart = Serve(Https() + hosts(""));
  EXPECT_THAT(apart.chains, Contains("httpshost-default/h1 sni:a.com secret/default/s/certificate | a.com"));
  EXPECT_THAT(apart.findings, ElementsAre("E host-conflict h2 spec.hostname"));
}

TEST(Listeners, TcpMappingsGetChainsAndListeners) {
  const auto tcp = [](std::string_view name, std::string_view spec) {
    return Emissary("TCPMapping", name, Cat("service: x.com, ", spec));
  };
  const std::string tls_host = Host("h", "*.com", "Route", kTls) + TlsSecret("s");
  // On a port of its own.
  const Outcome alone = Serve(tcp("t", "port: 9000") + tcp("u", "port: 9000, host: a.com") + tls_host);
  EXPECT_THAT(
      alone.chains,
      ElementsAre(
          "tcphost-default/t ingress_tcp_9000 tcp:cluster_x_com_default",
          "tcphost-default/u sni:a.com secret/default/s/certificate ingress_tcp_9000 tcp:cluster_x_com_default"));
  EXPECT_EQ(alone.model.listeners.at(0).name, "tcpmapping/0.0.0.0/9000");
  EXPECT_THAT(alone.model.listeners[0].listener_filters, ElementsAre(ir::Listener::ListenerFilter::kTlsInspector));
  // On that of a Listener, beside its Hosts; it takes its SNI from them.
  const Outcome beside = Serve(Https() + tcp("t", "port: 8080, host: '*.com'") + tls_host);
  EXPECT_THAT(
      beside.chains,
      ElementsAre("httphost-shared | *.com",
                  "tcphost-default/t sni:*.com secret/default/s/certificate ingress_https tcp:cluster_x_com_default"));
  EXPECT_THAT(beside.findings, ElementsAre("E host-conflict h spec.hostname"));
  // Without a certificate for its name.
  EXPECT_THAT(Serve(tcp("t", "port: 9000, host: a.com")).findings, Contains("E tls-context-missing t spec.host"));
  // With that of a TLSContext.
  EXPECT_THAT(
      Serve(tcp("t", "port: 9000, host: a.org") + tls_host + Emissary("TLSContext", "c", "hosts: [a.org], secret: s"))
          .chains,
      ElementsAre(
          "tcphost-default/t sni:a.org secret/default/s/certificate ingress_tls_9000 tcp:cluster_x_com_default"));
}

TEST(Listeners, Http3IsServedAndAdvertised) {
  const std::string quic = Emissary(
      "Listener", "q",
      "port: 8080, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, hostBinding: {namespace: {from: ALL}}");
  const Outcome outcome =
      Serve(Https() + quic + Host("h", "a.com", "Route", Cat(kTls, ", tls: {alpn_protocols: 'h2'}")) + TlsSecret("s"));
  ASSERT_EQ(outcome.model.listeners.size(), 2U);
  const ir::Listener& tcp = outcome.model.listeners[0];
  const ir::Listener& udp = outcome.model.listeners[1];
  EXPECT_EQ(AddedToResponses(tcp), "alt-svc");
  EXPECT_EQ(udp.transport, ir::Listener::Transport::kQuic);
  EXPECT_THAT(udp.listener_filters, IsEmpty());
  ASSERT_EQ(udp.chains.size(), 1U);
  EXPECT_THAT(udp.chains[0].tls->alpn, IsEmpty());
  // Nothing to serve there: nothing to advertise.
  EXPECT_EQ(AddedToResponses(Serve(Https() + quic + Host("h", "a.com", "Route")).model.listeners.at(0)), "");
}

TEST(Listeners, WhatNoRequestGetsToIsReportedAndNotSent) {
  const Outcome outcome =
      Serve(Listener("l") + Host("h", "a.com", "Route") + Mapping("m1", "prefix: /a, hostname: b.com, service: x.com") +
            Mapping("m2", "prefix: /b, service: y.com"));
  EXPECT_THAT(outcome.findings,
              ElementsAre("W mapping-unreachable m1 spec.hostname", "W mapping-unreachable m2 spec.hostname"));
  EXPECT_THAT(outcome.model.upstreams, IsEmpty());
  EXPECT_THAT(Serve(Listener("l") + Host("h", "*", "Route", ", mappingSelector: {matchLabels: {x: red}}") +
                    Mapping("m", "prefix: /a, hostname: b.com, service: x.com"))
                  .findings,
              ElementsAre("W mapping-unreachable m metadata.labels"));
}

TEST(Listeners, TheModuleAndTheListenerSetHowHttpIsHandled) {
  const Outcome outcome =
      Serve(Listener("l", "protocol: HTTP, securityModel: XFP, l7Depth: 2, http2MaxConcurrentStreams: 50") +
            Host("h", "*", "Route"));
  const ir::HttpSettings& http = outcome.model.listeners.at(0).http;
  EXPECT_EQ(http.xff_trusted_hops, 2U);
  EXPECT_EQ(http.http2_max_concurrent_streams, 50U);
}

}  // namespace
}  // namespace nuncio::translate::emissary
