#include "nuncio/translate/emissary/tls_contexts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Context(std::string_view name, std::string_view spec, std::string_view ns = "default") {
  return Emissary("TLSContext", name, spec, ns);
}

// "name certificate|- trust|-" of each context.
std::vector<std::string> Resolved(TestContext& test) {
  std::vector<std::string> lines;
  for (const auto& [name, settings] : ResolveTlsContexts(test.context)) {
    lines.push_back(Cat(name, " ", settings.certificate ? settings.certificate->value : "-", " ",
                        settings.trust ? settings.trust->value : "-"));
  }
  return lines;
}

TEST(TlsContexts, FindTheirSecrets) {
  const struct {
    const char* name;
    std::string manifests;
    const char* want;
  } kCases[] = {
      {"own namespace", Context("c", "hosts: [a.com], secret: s") + TlsSecret("s"), "c secret/default/s/certificate -"},
      {"another namespace", Context("c", "secret: s.other") + TlsSecret("s", "other"),
       "c secret/other/s/certificate -"},
      {"no namespacing", Context("c", "secret: s.other, secret_namespacing: false") + TlsSecret("s.other"),
       "c secret/default/s.other/certificate -"},
      {"istio",
       Context("c", "secret: s") + SecretManifest("s", {"cert-chain.pem", SomePair().chain, "key.pem", SomePair().key,
                                                        "root-cert.pem", SomePair().chain}),
       "c secret/default/s/certificate secret/default/s/bundled-trust"},
      {"authorities",
       Context("c", "secret: s, ca_secret: ca") + TlsSecret("s") + SecretManifest("ca", {"tls.crt", SomePair().chain}),
       "c secret/default/s/certificate secret/default/ca/trust"},
      {"revocations",
       Context("c", "secret: s, ca_secret: ca, crl_secret: r") + TlsSecret("s") +
           SecretManifest("ca", {"tls.crt", SomePair().chain}) +
           SecretManifest("r", {"crl.pem", SomePair().revocations}),
       "c secret/default/s/certificate secret/default/ca/trust/revocations/default/r"},
      {"files", Context("c", "cert_chain_file: /a, private_key_file: /b, cacert_chain_file: /c"),
       "c TLSContext/default/c/c/certificate TLSContext/default/c/c/trust"},
      {"origination without certificate", Context("c", "sni: a.com, min_tls_version: v1.2"), "c - -"},
      {"kept by alpn", Context("c", "secret: s, alpn_protocols: 'h2'") + TlsSecret("s"),
       "c secret/default/s/certificate -"},
  };
  for (const auto& test : kCases) {
    TestContext context(test.manifests);
    EXPECT_THAT(Resolved(context), ElementsAre(test.want)) << test.name;
    EXPECT_THAT(context.Findings(), IsEmpty()) << test.name;
  }
}

TEST(TlsContexts, AreLeftOutWithAFinding) {
  const std::string other_key = SecretManifest("s", {"tls.crt", SomePair().chain, "tls.key", MakePair().key});
  const struct {
    const char* name;
    std::string manifests;
    std::vector<std::string> want;
  } kCases[] = {
      {"no Secret", Context("c", "secret: s"), {"E secret-missing c spec.secret"}},
      {"key of another",
       Context("c", "secret: s") + other_key,
       {"E secret-invalid s data", "E secret-invalid c spec.secret"}},
      {"no key",
       Context("c", "secret: s") + SecretManifest("s", {"tls.crt", SomePair().chain}),
       {"E secret-invalid s data", "E secret-invalid c spec.secret"}},
      {"wrong type",
       Context("c", "secret: s") + SecretManifest("s", {"a", "b"}, "default", "helm.sh/release.v1"),
       {"E secret-invalid s data", "E secret-invalid c spec.secret"}},
      {"secret and file",
       Context("c", "secret: s, cert_chain_file: /a, private_key_file: /b") + TlsSecret("s"),
       {"E tls-context-invalid c spec.cert_chain_file"}},
      {"chain without key", Context("c", "cert_chain_file: /a"), {"E tls-context-invalid c spec.private_key_file"}},
      {"termination without certificate", Context("c", "hosts: [a]"), {"E tls-context-invalid c spec.secret"}},
      {"authorities without certificate",
       Context("c", "ca_secret: s") + TlsSecret("s"),
       {"E tls-context-invalid c spec.ca_secret"}},
      {"authorities in ca.crt",
       Context("c", "secret: s, ca_secret: ca") + TlsSecret("s") + SecretManifest("ca", {"ca.crt", SomePair().chain}),
       {"E secret-invalid ca data", "E secret-invalid c spec.ca_secret"}},
      {"revocations without authorities",
       Context("c", "secret: s, crl_secret: s") + TlsSecret("s"),
       {"E tls-context-invalid c spec.crl_secret"}},
      {"version order",
       Context("c", "min_tls_version: v1.3, max_tls_version: v1.2"),
       {"E tls-context-invalid c spec.min_tls_version"}},
      {"no suite that Envoy knows",
       Context("c", "cipher_suites: [TLS_AES_128_GCM_SHA256, nope]"),
       {"E tls-context-invalid c spec.cipher_suites[0]", "E tls-context-invalid c spec.cipher_suites[1]",
        "E tls-context-invalid c spec.cipher_suites"}},
      {"an exclusion", Context("c", "cipher_suites: [ALL, '!RSA']"), {"E tls-context-invalid c spec.cipher_suites"}},
      {"no curve that Envoy knows",
       Context("c", "ecdh_curves: [P-224]"),
       {"E tls-context-invalid c spec.ecdh_curves[0]", "E tls-context-invalid c spec.ecdh_curves"}},
      {"a long protocol",
       Context("c", "alpn_protocols: " + std::string(256, 'x')),
       {"E tls-context-invalid c spec.alpn_protocols"}},
  };
  for (const auto& test : kCases) {
    TestContext context(test.manifests);
    EXPECT_THAT(Resolved(context), IsEmpty()) << test.name;
    EXPECT_THAT(context.Findings(), testing::UnorderedElementsAreArray(test.want)) << test.name;
  }
}

TEST(TlsContexts, OriginationSurvivesItsSecretWhenAlpnIsSet) {
  TestContext test(Context("c", "secret: missing, alpn_protocols: 'h2, http/1.1'"));
  const TlsContexts contexts = ResolveTlsContexts(test.context);
  ASSERT_NE(contexts.Find("c"), nullptr);
  EXPECT_THAT(contexts.Find("c")->alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_THAT(test.Findings(), ElementsAre("E secret-missing c spec.secret"));
}

TEST(TlsContexts, ThoseOutOfDateAreReportedAndStay) {
  const TestPair pair = MakePair(1000, 2000);
  const std::string manifests = Context("c", "secret: s") + TlsSecret("s", "default", pair);
  std::optional<int64_t> holds_until;
  const auto at = [&](int64_t now) {
    Options options;
    options.now = now;
    TestContext test(manifests, options);
    EXPECT_THAT(Resolved(test), ElementsAre("c secret/default/s/certificate -"));
    holds_until = test.report.holds_until();
    return test.Findings();
  };
  EXPECT_THAT(at(0), IsEmpty());
  EXPECT_EQ(holds_until, std::nullopt);
  EXPECT_THAT(at(999), ElementsAre("W certificate-not-yet-valid s data[tls.crt]"));
  EXPECT_EQ(holds_until, 1000);
  EXPECT_THAT(at(1000), IsEmpty());
  EXPECT_EQ(holds_until, 2001);
  EXPECT_THAT(at(2000), IsEmpty());
  EXPECT_EQ(holds_until, 2001);
  EXPECT_THAT(at(2001), ElementsAre("E certificate-expired s data[tls.crt]"));
  EXPECT_EQ(holds_until, std::nullopt);
}

TEST(TlsContexts, OfOneNameTheFirstKeepsIt) {
  TestContext test(Context("c", "secret: s", "a") + TlsSecret("s", "a") + Context("c", "secret: s", "b") +
                   TlsSecret("s", "b"));
  EXPECT_THAT(Resolved(test), ElementsAre("c secret/a/s/certificate -", "c.b secret/b/s/certificate -"));
  EXPECT_THAT(test.Findings(), ElementsAre("W name-conflict c metadata.name"));
}

TEST(TlsContexts, TheDeprecatedModuleMakesSome) {
  TestContext test(
      Emissary("Module", "tls",
               "config: {server: {secret: s}, client: {secret: ca, cert_required: true}, up: {secret: s}, off: "
               "{enabled: false}}") +
      TlsSecret("s") + TlsSecret("ca"));
  const TlsContexts contexts = ResolveTlsContexts(test.context);
  ASSERT_NE(contexts.Find("server"), nullptr);
  EXPECT_THAT(contexts.Find("server")->hosts, ElementsAre("*"));
  EXPECT_EQ(contexts.Find("server")->trust->value, "secret/default/ca/trust");
  EXPECT_EQ(contexts.Find("server")->cert_required, true);
  EXPECT_NE(contexts.Find("up"), nullptr);
  EXPECT_EQ(contexts.Find("off"), nullptr);
  EXPECT_THAT(test.Findings(), ElementsAre("N field-without-effect tls "));
}

}  // namespace
}  // namespace nuncio::translate::emissary
