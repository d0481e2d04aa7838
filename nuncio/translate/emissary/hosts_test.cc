#include "nuncio/translate/emissary/hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using resource::InsecureAction;
using testing::ElementsAre;
using testing::IsEmpty;

std::string Host(std::string_view name, std::string_view spec, std::string_view ns = "default") {
  return Emissary("Host", name, spec, ns);
}

std::vector<ActiveHost> Resolve(TestContext& test) {
  return ResolveHosts(test.context, ResolveTlsContexts(test.context));
}

// "name hostname sni certificate|-" of each Host.
std::vector<std::string> Resolved(TestContext& test) {
  std::vector<std::string> lines;
  for (const ActiveHost& host : Resolve(test)) {
    lines.push_back(Cat(host.name, " ", host.hostname, " ", host.sni, " ",
                        host.tls && host.tls->certificate ? host.tls->certificate->value : "-"));
  }
  return lines;
}

TEST(Hosts, FillInTheirDefaults) {
  TestContext test(Host("a", ""));
  const std::vector<ActiveHost> hosts = Resolve(test);
  ASSERT_EQ(hosts.size(), 1U);
  EXPECT_EQ(hosts[0].hostname, "*");
  EXPECT_EQ(hosts[0].insecure_action, InsecureAction::kRedirect);
  EXPECT_FALSE(hosts[0].mapping_selector);
  EXPECT_EQ(hosts[0].labels.at("ambassador_crd"), "a.default");
  EXPECT_THAT(test.Findings(), IsEmpty());
}

TEST(Hosts, FindTheirTls) {
  const std::string context = "TLSContext";
  const struct {
    const char* name;
    std::string manifests;
    const char* want;
  } kCases[] = {
      {"none", Host("h", "hostname: 'A.com:8080'"), "h A.com:8080 a.com -"},
      {"secret", Host("h", "hostname: a.com, tlsSecret: {name: s}") + TlsSecret("s"),
       "h a.com a.com secret/default/s/certificate"},
      {"secret elsewhere", Host("h", "hostname: a.com, tlsSecret: {name: s, namespace: x}") + TlsSecret("s", "x"),
       "h a.com a.com secret/x/s/certificate"},
      {"secret with a dot", Host("h", "tlsSecret: {name: s.x}") + TlsSecret("s.x"),
       "h * * secret/default/s.x/certificate"},
      {"secret and namespace in one", Host("h", "tlsSecret: {name: s.x}") + TlsSecret("s", "x"),
       "h * * secret/x/s/certificate"},
      {"context without certificate",
       Host("h", "hostname: a.com, tlsSecret: {name: s}, tlsContext: {name: c}") + TlsSecret("s") +
           Emissary(context, "c", "hosts: [a.com], min_tls_version: v1.2"),
       "h a.com a.com secret/default/s/certificate"},
      {"context of the same certificate",
       Host("h", "hostname: a.com, tlsSecret: {name: s}, tlsContext: {name: c}") + TlsSecret("s") +
           Emissary(context, "c", "secret: s"),
       "h a.com a.com secret/default/s/certificate"},
      {"inline", Host("h", "tlsSecret: {name: s}, tls: {min_tls_version: v1.2}") + TlsSecret("s"),
       "h * * secret/default/s/certificate"},
  };
  for (const auto& test : kCases) {
    TestContext host(test.manifests);
    EXPECT_THAT(Resolved(host), ElementsAre(test.want)) << test.name;
    EXPECT_THAT(host.Findings(), IsEmpty()) << test.name;
  }
}

TEST(Hosts, TakeWhatTheirContextSays) {
  TestContext named(Host("h", "hostname: a.com, tlsSecret: {name: s}") + TlsSecret("s") +
                    Emissary("TLSContext", "h-context", "hosts: [a.com], alpn_protocols: 'h2', cert_required: true"));
  const auto hosts = Resolve(named);
  ASSERT_TRUE(hosts.at(0).tls);
  EXPECT_THAT(hosts[0].tls->alpn, ElementsAre("h2"));
  EXPECT_EQ(hosts[0].tls->cert_required, true);

  TestContext in_host(Host("h", "tlsSecret: {name: s}, tls: {max_tls_version: v1.2, ca_secret: s}") + TlsSecret("s"));
  const auto own = Resolve(in_host);
  ASSERT_TRUE(own.at(0).tls);
  EXPECT_EQ(own[0].tls->parameters.maximum, ir::TlsVersion::kTls12);
  EXPECT_EQ(own[0].tls->trust->value, "secret/default/s/trust");
}

TEST(Hosts, AreLeftOutAlone) {
  const struct {
    const char* name;
    std::string manifests;
    std::vector<std::string> want;
  } kCases[] = {
      {"secret missing", Host("h", "tlsSecret: {name: s}"), {"E secret-missing h spec.tlsSecret.name"}},
      {"key of another",
       Host("h", "tlsSecret: {name: s}") +
           SecretManifest("s", {"tls.crt", SomePair().chain, "tls.key", MakePair().key}),
       {"E secret-invalid s data", "E secret-invalid h spec.tlsSecret.name"}},
      {"tls and tlsContext",
       Host("h", "tlsSecret: {name: s}, tls: {sni: a}, tlsContext: {name: c}") + TlsSecret("s"),
       {"E host-invalid h spec.tls"}},
      {"context missing",
       Host("h", "tlsSecret: {name: s}, tlsContext: {name: c}") + TlsSecret("s"),
       {"E tls-context-missing h spec.tlsContext.name"}},
      {"context of another certificate",
       Host("h", "tlsSecret: {name: s}, tlsContext: {name: c}") + TlsSecret("s") + TlsSecret("t") +
           Emissary("TLSContext", "c", "secret: t"),
       {"E host-invalid h spec.tlsContext.name"}},
      {"file beside the secret",
       Host("h", "tlsSecret: {name: s}, tls: {cert_chain_file: /a, private_key_file: /b}") + TlsSecret("s"),
       {"E tls-context-invalid h spec.tls.cert_chain_file"}},
      {"two stars", Host("h", "hostname: '*.a.*'"), {"E host-invalid h spec.hostname"}},
      {"star inside", Host("h", "hostname: 'a.*.com'"), {"E host-invalid h spec.hostname"}},
      {"star before the port", Host("h", "hostname: 'a.*:80'"), {"E host-invalid h spec.hostname"}},
      {"space", Host("h", "hostname: 'a b'"), {"E host-invalid h spec.hostname"}},
      {"too long", Host("h", Cat("hostname: ", std::string(300, 'a'))), {"E host-invalid h spec.hostname"}},
  };
  for (const auto& test : kCases) {
    TestContext host(test.manifests + Host("sibling", "hostname: other.com"));
    EXPECT_THAT(Resolved(host), ElementsAre("sibling other.com other.com -")) << test.name;
    EXPECT_THAT(host.Findings(), testing::UnorderedElementsAreArray(test.want)) << test.name;
  }
}

TEST(Hosts, AreToldWhatHasNoEffect) {
  const struct {
    const char* spec;
    const char* want;
  } kCases[] = {
      {"tlsContext: {name: c}", "W field-without-effect h spec.tlsContext.name"},
      {"tls: {sni: a}", "W field-without-effect h spec.tls"},
      {"previewUrl: {enabled: true}", "N field-without-effect h spec.previewUrl"},
      {"acmeProvider: {authority: none}", "N field-without-effect h spec.acmeProvider"},
      {"requestPolicy: {insecure: {additionalPort: 8080}}",
       "N field-without-effect h spec.requestPolicy.insecure.additionalPort"},
      {"mappingSelector: {matchLabels: {a: b}}, selector: {matchLabels: {a: b}}",
       "N field-without-effect h spec.selector"},
  };
  for (const auto& test : kCases) {
    TestContext host(Host("h", test.spec));
    EXPECT_THAT(Resolved(host), ElementsAre("h * * -")) << test.spec;
    EXPECT_THAT(host.Findings(), ElementsAre(test.want)) << test.spec;
  }
}

TEST(Hosts, AContextThatListsOthersIsUsedNevertheless) {
  TestContext test(Host("h", "hostname: a.com, tlsSecret: {name: s}, tlsContext: {name: c}") + TlsSecret("s") +
                   Emissary("TLSContext", "c", "hosts: [b.com], secret: s"));
  EXPECT_THAT(Resolved(test), ElementsAre("h a.com a.com secret/default/s/certificate"));
  EXPECT_THAT(test.Findings(), ElementsAre("E host-invalid h spec.tlsContext.name"));
}

TEST(Hosts, ADefaultServesWhenThereIsNone) {
  TestContext cleartext("");
  const auto plain = Resolve(cleartext);
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_EQ(plain[0].name, "default-host");
  EXPECT_EQ(plain[0].insecure_action, InsecureAction::kRoute);
  EXPECT_FALSE(plain[0].tls);

  TestContext fallback(TlsSecret("fallback-self-signed-cert"));
  const auto secured = Resolve(fallback);
  EXPECT_EQ(secured.at(0).insecure_action, InsecureAction::kRedirect);
  EXPECT_EQ(secured.at(0).tls->certificate->value, "secret/default/fallback-self-signed-cert/certificate");

  TestContext contexts(Emissary("TLSContext", "c", "hosts: [a.com], secret: s") + TlsSecret("s"));
  EXPECT_EQ(Resolve(contexts).at(0).name, "default-host");
  EXPECT_THAT(contexts.Findings(), ElementsAre("E host-missing c spec.hosts"));
}

TEST(Hosts, AreSortedByHostnameThenVisited) {
  TestContext test(Host("z", "hostname: b.com") + Host("b", "hostname: b.com") + Host("m", "hostname: a.com"));
  EXPECT_THAT(Resolved(test), ElementsAre("m a.com a.com -", "b b.com b.com -", "z b.com b.com -"));
}

}  // namespace
}  // namespace nuncio::translate::emissary
