#include <gtest/gtest.h>

#include <random>

#include "nuncio/base/yaml_write.h"
#include "nuncio/resource/decode.h"

namespace nuncio::resource {
namespace {

constexpr const char* kSeeds[] = {
    R"(apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: a, labels: &l {x: "y"}}
spec:
  prefix: /a
  service: s
  add_request_headers: {x-a: {value: v}}
  health_checks: [{health_check: {http: {path: /}}}]
  regex_rewrite: &r {pattern: "a|b", substitution: '\1'}
  regex_redirect: *r
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: aGk=}, stringData: {l: |
     text
   }}
- apiVersion: getambassador.io/v3alpha1
  kind: Listener
  metadata: {name: l, labels: {<<: {a: b}}}
  spec: {port: 0x50, securityModel: XFP, protocolStack: [TLS, HTTP], hostBinding: {namespace: {from: ALL}}}
)",
    R"(apiVersion: getambassador.io/v2
kind: Mapping
metadata: {name: a}
spec: {prefix: /a, service: "http://s", tls: true, host: h, headers: {a: true, b: c}, add_request_headers: {x: y},
  cors: {origins: "a, b"}, labels: {d: [{g: [word, {k: {header: h}}, {generic_key: v}]}]}, ambassador_id: default}
)",
    R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"s"},"addressType":"IPv4",
 "ports":[{"port":80}],"endpoints":[{"addresses":["1.2.3.4"],"conditions":{"ready":true}}]})",
};

std::string Mutate(std::string text, std::mt19937& random) {
  static const std::string kBytes = "{}[]:,-?&*!|>'\"%@`#~\n\t 0ax<=\\\xff\xc3\x01";
  for (size_t edits = 1 + random() % 6; edits > 0 && !text.empty(); --edits) {
    const size_t at = random() % text.size();
    switch (random() % 5) {
      case 0:
        text.erase(at, 1 + random() % 20);
        break;
      case 1:
        text.insert(at, 1, kBytes[random() % kBytes.size()]);
        break;
      case 2:
        text[at] = kBytes[random() % kBytes.size()];
        break;
      case 3:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

// Each seed is a process of its own: a sanitizer beside busy neighbours takes a minute for all of them.
class DecodeMutation : public testing::TestWithParam<unsigned> {};

// Whatever the bytes: no crash, an object exactly when the outcome is good, and what was read can be written and read.
TEST_P(DecodeMutation, SurvivesBrokenManifests) {
  std::mt19937 random(GetParam());
  int objects = 0;
  for (int round = 0; round < 2'000; ++round) {
    const std::string text = Mutate(kSeeds[random() % std::size(kSeeds)], random);
    for (const YamlStream& stream : {ReadYaml(text), ReadJson(text)}) {
      for (const YamlDocument& document : stream.documents) {
        const YamlStream again = ReadYaml(ToYaml(document.value));
        ASSERT_TRUE(!again.error && again.documents.size() == 1 && again.documents[0].value == document.value) << text;
        for (const Decoded& decoded : Decode(document, "f")) {
          ASSERT_EQ(decoded.object.has_value(), decoded.outcome == Outcome::kGood) << text;
          ASSERT_TRUE(decoded.object.has_value() || !decoded.problems.empty()) << text;
          objects += decoded.object.has_value() ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(objects, 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DecodeMutation, testing::Range(1u, 11u));

}  // namespace
}  // namespace nuncio::resource
