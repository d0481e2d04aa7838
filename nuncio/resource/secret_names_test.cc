#include "nuncio/resource/secret_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"
#include "nuncio/resource/decode.h"

namespace nuncio::resource {
namespace {

TEST(SecretNamesTest, EverySenseThatANameMayHave) {
  struct Case {
    const char* name;
    const char* kind;
    const char* spec;
    std::vector<ObjectKey> want;
  };
  for (const Case& c : {
           Case{"of a Host", "Host", "{hostname: h, tlsSecret: {name: s}}", {{"ns", "s"}}},
           Case{"of a Host, in another namespace",
                "Host",
                "{hostname: h, tlsSecret: {name: s, namespace: o}}",
                {{"o", "s"}}},
           Case{"with a dot", "Host", "{hostname: h, tlsSecret: {name: a.b.o}}", {{"ns", "a.b.o"}, {"o", "a.b"}}},
           Case{"inline",
                "Host",
                "{hostname: h, tlsSecret: {name: s}, tls: {ca_secret: c, crl_secret: r}}",
                {{"ns", "c"}, {"ns", "r"}, {"ns", "s"}}},
           Case{"the same twice", "TLSContext", "{secret: s, ca_secret: s}", {{"ns", "s"}}},
           Case{"of a TLSContext",
                "TLSContext",
                "{secret: s, ca_secret: c.o, crl_secret: r, secret_namespacing: false}",
                {{"ns", "c.o"}, {"ns", "r"}, {"ns", "s"}, {"o", "c"}}},
           Case{"none", "Mapping", "{hostname: '*', prefix: /, service: s}", {}},
           Case{"of a Module that is not `tls`", "Module", "{config: {server: {secret: s}}}", {}},
       }) {
    const YamlStream stream = ReadYaml(Cat("apiVersion: getambassador.io/v3alpha1\nkind: ", c.kind,
                                           "\nmetadata: {name: x, namespace: ns}\nspec: ", c.spec, "\n"));
    const std::vector<Decoded> decoded = Decode(stream.documents.at(0), "");
    ASSERT_TRUE(decoded.at(0).object.has_value()) << c.name;
    EXPECT_EQ(SecretsNamedBy(*decoded[0].object), c.want) << c.name;
  }
}

TEST(SecretNamesTest, TheTlsModuleHasNamesThatItDoesNotSay) {
  const YamlStream stream = ReadYaml(
      "apiVersion: getambassador.io/v3alpha1\nkind: Module\nmetadata: {name: tls, namespace: ns}\n"
      "spec: {config: {server: {secret: s.o, enabled: true}, client: {ca_secret: c}, odd: 7}}\n");
  const std::vector<Decoded> decoded = Decode(stream.documents.at(0), "");
  ASSERT_TRUE(decoded.at(0).object.has_value());
  EXPECT_EQ(SecretsNamedBy(*decoded[0].object),
            (std::vector<ObjectKey>{
                {"ns", "ambassador-cacert"}, {"ns", "ambassador-certs"}, {"ns", "c"}, {"ns", "s.o"}, {"o", "s"}}));
}

}  // namespace
}  // namespace nuncio::resource
