#include "nuncio/resource/conversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "nuncio/base/text.h"
#include "nuncio/base/yaml.h"
#include "nuncio/resource/decode.h"

namespace nuncio::resource {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json Parse(std::string_view text) {
  const YamlStream stream = ReadYaml(text);
  EXPECT_FALSE(stream.error) << text;
  return stream.documents.at(0).value;
}

Json Object(std::string_view kind, std::string_view version, std::string_view spec) {
  return Parse(
      Cat("{apiVersion: getambassador.io/", version, ", kind: ", kind, ", metadata: {name: x}, spec: {", spec, "}}"));
}

std::string SpecIn(const Json& object) { return object.at("spec").dump(); }

struct Case {
  const char* name;
  const char* kind;
  const char* v2;
  const char* hub;
  const char* back = nullptr;  // v2 again, where it is not as it was
};

constexpr const char* kId = "ambassador_id: [--apiVersion-v3alpha1-only--a], ";

// Without ambassador_id, which every object gets on the way back.
constexpr Case kCases[] = {
    {"nothing", "TCPMapping", "port: 1, service: s", "port: 1, service: s"},
    {"no host", "Mapping", "prefix: /", "prefix: /, hostname: '*'"},
    {"empty host", "Mapping", "host: ''", "hostname: '*'", ""},
    {"any host", "Mapping", "host: '*'", "hostname: '*'", ""},
    {"host", "Mapping", "host: a.b", "hostname: a.b"},
    {"host is a glob", "Mapping", "host: '*.b', host_regex: false", "hostname: '*.b', host_regex: false"},
    {"host is a regular expression", "Mapping", "host: .*b, host_regex: true", "host: .*b, host_regex: true"},
    {"regular expression without a host", "Mapping", "host_regex: true", "hostname: '*'", ""},
    {"no host information", "Mapping", "host: _skip_mapping_with_empty_host_", ""},
    {"tls names a context", "Mapping", "host: h, service: http://s, tls: c", "hostname: h, service: http://s, tls: c"},
    {"tls", "Mapping", "host: h, service: s:1, tls: true",
     "hostname: h, service: 'https://s:1', v2ExplicitTLS: {tls: 'bool:true', serviceScheme: ''}"},
    {"tls goes before a scheme", "Mapping", "host: h, service: http://s, tls: true",
     "hostname: h, service: https://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: http://}"},
    {"tls and its scheme", "Mapping", "host: h, service: HTTPS://s, tls: true",
     "hostname: h, service: HTTPS://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: HTTPS://}"},
    {"no tls leaves a scheme", "Mapping", "host: h, service: https://s, tls: false",
     "hostname: h, service: https://s, v2ExplicitTLS: {tls: 'bool:false'}"},
    {"tls is empty", "AuthService", "auth_service: s, tls: ''", "auth_service: s, v2ExplicitTLS: {tls: string}"},
    {"tls is null", "RateLimitService", "service: s, tls: null", "service: s, v2ExplicitTLS: {tls: 'null'}"},
    {"tls of an AuthService", "AuthService", "auth_service: s, tls: true",
     "auth_service: https://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: ''}"},
    {"tls of a TCPMapping", "TCPMapping", "service: s, tls: true", "service: https://s"},
    {"scheme of a TCPMapping", "TCPMapping", "service: https://s", "service: https://s", "service: s, tls: true"},
    {"tls is no such thing", "Mapping", "host: h, tls: 5", "hostname: h, tls: 5"},
    {"headers", "Mapping", "host: h, headers: {a: x, b: true, c: false, d: null}",
     "hostname: h, headers: {a: x}, regex_headers: {b: .*}, v2BoolHeaders: [b]", "host: h, headers: {a: x, b: true}"},
    {"headers beside regular expressions", "Mapping", "host: h, headers: {a: true, b: true}, regex_headers: {b: x}",
     "hostname: h, regex_headers: {a: .*, b: x}, v2BoolHeaders: [a]",
     "host: h, headers: {a: true}, regex_headers: {b: x}"},
    {"query parameters", "Mapping", "host: h, query_parameters: {q: true, r: s}",
     "hostname: h, query_parameters: {r: s}, regex_query_parameters: {q: .*}, v2BoolQueryParameters: [q]"},
    {"no headers", "Mapping", "host: h, headers: {}", "hostname: h, headers: {}"},
    {"added headers", "Mapping",
     "host: h, add_request_headers: {a: b, c: {value: d, append: false}, e: null, f: {value: g}}",
     "hostname: h, add_request_headers: {a: {value: b, v2Representation: string}, c: {value: d, append: false}, "
     "e: {value: '', v2Representation: 'null'}, f: {value: g}}"},
    {"removed headers", "Mapping", "host: h, remove_request_headers: a, remove_response_headers: [b]",
     "hostname: h, remove_request_headers: [a], remove_response_headers: [b]",
     "host: h, remove_request_headers: [a], remove_response_headers: [b]"},
    {"cors with commas", "Mapping", "host: h, cors: {origins: 'http://a, http://b', credentials: true}",
     "hostname: h, cors: {origins: [http://a, http://b], credentials: true, v2CommaSeparatedOrigins: true}",
     "host: h, cors: {origins: 'http://a,http://b', credentials: true}"},
    {"cors with strings", "Mapping",
     "host: h, cors: {origins: [o], methods: 'GET, PUT', headers: x, exposed_headers: [y]}",
     "hostname: h, cors: {origins: [o], methods: ['GET, PUT'], headers: [x], exposed_headers: [y]}",
     "host: h, cors: {origins: [o], methods: ['GET, PUT'], headers: [x], exposed_headers: [y]}"},
    {"labels", "Mapping",
     "host: h, labels: {d: [{g: [source_cluster, destination_cluster, remote_address, word, {k: {header: x}}, "
     "{l: {header: y, omit_if_not_present: true}}, {generic_key: v}, {generic_key: w, v3Key: k}]}]}",
     "hostname: h, labels: {d: [{g: [{source_cluster: {key: source_cluster}}, {destination_cluster: {key: "
     "destination_cluster}}, "
     "{remote_address: {key: remote_address}}, {generic_key: {value: word, v2Shorthand: true}}, "
     "{request_headers: {key: k, header_name: x}}, {request_headers: {key: l, header_name: y, omit_if_not_present: "
     "true}}, "
     "{generic_key: {value: v}}, {generic_key: {value: w, key: k}}]}]}"},
    {"names in a Mapping", "Mapping", "host: h, v3StatsName: n, v3health_checks: [{}]",
     "hostname: h, stats_name: n, health_checks: [{}]"},
    {"names in an AuthService", "AuthService", "v3StatsName: n, v3CircuitBreakers: [{}]",
     "stats_name: n, circuit_breakers: [{}]"},
    {"names in a RateLimitService", "RateLimitService", "v3StatsName: n, failure_mode_deny: true, v3GRPC: {a: true}",
     "stats_name: n, failure_mode_deny: true, grpc: {a: true}"},
    {"names in a LogService", "LogService", "v3StatsName: n, v3ProtocolVersion: v3, grpc: true",
     "stats_name: n, protocol_version: v3, grpc: true"},
    {"names in a TCPMapping", "TCPMapping", "v3StatsName: n", "stats_name: n"},
    {"names in a TLSContext", "TLSContext", "v3CRLSecret: c, secret: s", "crl_secret: c, secret: s"},
    {"names in a Host", "Host", "selector: {matchLabels: {a: b}}, tls: {v3CRLSecret: c}",
     "mappingSelector: {matchLabels: {a: b}}, tls: {crl_secret: c}"},
    {"names in a TracingService", "TracingService",
     "v3StatsName: n, v3CustomTags: [], config: {v3PropagationModes: [B3]}",
     "stats_name: n, custom_tags: [], config: {propagation_modes: [B3]}"},
    {"tag headers", "TracingService", "tag_headers: [a]",
     "custom_tags: [{tag: a, request_header: {name: a}}], tag_headers: [a]"},
    {"tag headers and tags", "TracingService", "tag_headers: [a], v3CustomTags: [{tag: t}]",
     "custom_tags: [{tag: t}], tag_headers: [a]"},
    {"config is opaque", "Module", "config: {stats_name: n, tls: true, headers: {a: true}}",
     "config: {stats_name: n, tls: true, headers: {a: true}}"},
    {"nothing is as it should be", "Mapping",
     "host: [5], headers: 7, add_request_headers: [], cors: x, labels: {d: {}}, remove_request_headers: {}",
     "host: [5], headers: 7, add_request_headers: [], cors: x, labels: {d: {}}, remove_request_headers: {}"},
};

TEST(Conversion, OfEachField) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    FieldErrors errors;
    const Json hub = ToHub(Object(c.kind, "v2", Cat(kId, c.v2)), c.kind, "v2", errors);
    EXPECT_EQ(hub["apiVersion"], "getambassador.io/v3alpha1");
    EXPECT_EQ(SpecIn(hub), SpecIn(Object(c.kind, "", Cat("ambassador_id: [a], ", c.hub))));
    EXPECT_EQ(errors.entries().size(), std::string_view(c.name) == "tag headers and tags" ? 1u : 0u);
    const Json back = FromHub(hub, c.kind, "v2");
    EXPECT_EQ(back["apiVersion"], "getambassador.io/v2");
    EXPECT_EQ(SpecIn(back), SpecIn(Object(c.kind, "", Cat(kId, c.back != nullptr ? c.back : c.v2))));
    // However it was spelled, it means the same after a journey.
    EXPECT_EQ(ToHub(back, c.kind, "v2", errors), hub);
    // v1 has the fields of v2.
    if (HasVersion(c.kind, "v1")) {
      EXPECT_EQ(ToHub(Object(c.kind, "v1", Cat(kId, c.v2)), c.kind, "v1", errors), hub);
      EXPECT_EQ(FromHub(hub, c.kind, "v1")["spec"], back["spec"]);
    }
  }
}

TEST(Conversion, OfIds) {
  const struct {
    const char* v2;
    const char* hub;
    const char* back;
  } kIds[] = {
      {"", "", "ambassador_id: [--apiVersion-v3alpha1-only--default]"},
      {"ambassador_id: null", "", "ambassador_id: [--apiVersion-v3alpha1-only--default]"},
      {"ambassador_id: []", "ambassador_id: []", "ambassador_id: [--apiVersion-v3alpha1-only--default]"},
      {"ambassador_id: a", "ambassador_id: [a]", "ambassador_id: [--apiVersion-v3alpha1-only--a]"},
      {"ambassador_id: [a, --apiVersion-v3alpha1-only--b]", "ambassador_id: [a, b]",
       "ambassador_id: [--apiVersion-v3alpha1-only--a, --apiVersion-v3alpha1-only--b]"},
      {"ambassador_id: [a, b], ambassadorId: [c, a]", "ambassador_id: [a, b, c]",
       "ambassador_id: [--apiVersion-v3alpha1-only--a, --apiVersion-v3alpha1-only--b, --apiVersion-v3alpha1-only--c]"},
      {"ambassador_id: [5]", "ambassador_id: [5]", "ambassador_id: [5]"},
  };
  for (const auto& c : kIds) {
    FieldErrors errors;
    const Json hub = ToHub(Object("Host", "v2", c.v2), "Host", "v2", errors);
    EXPECT_EQ(SpecIn(hub), SpecIn(Object("Host", "", c.hub))) << c.v2;
    EXPECT_EQ(SpecIn(FromHub(hub, "Host", "v2")), SpecIn(Object("Host", "", c.back))) << c.v2;
  }
}

// What v2 can say only by another name, or not at all, is the same after a journey through it.
TEST(Conversion, FromTheHubAndBack) {
  const struct {
    const char* kind;
    const char* hub;
    const char* again = nullptr;  // where it is spelled in another way afterwards
  } kJourneys[] = {
      {"Mapping", "hostname: '*', service: https://s"},
      {"Mapping", "hostname: a, tls: c, service: s"},
      {"Mapping", "prefix: /"},
      {"Mapping", "host: a.*, host_regex: true"},
      {"Mapping", "host: a", "hostname: a"},
      {"Mapping", "hostname: a, host: b.*, host_regex: true", "hostname: a"},
      {"Mapping", "hostname: a, regex_headers: {x: .*}, headers: {x: z}"},
      {"Mapping", "hostname: a, regex_headers: {x: .*}, v2BoolHeaders: [y]", "hostname: a, regex_headers: {x: .*}"},
      {"Mapping", "hostname: a, service: http://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: ''}",
       "hostname: a, service: http://s"},
      {"Mapping", "hostname: a, service: https://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: 'x y'}",
       "hostname: a, service: https://s, v2ExplicitTLS: {tls: 'bool:true', serviceScheme: 'https://'}"},
      {"Mapping", "hostname: a, labels: {d: [{g: [{generic_key: {value: remote_address, v2Shorthand: true}}]}]}",
       "hostname: a, labels: {d: [{g: [{generic_key: {value: remote_address}}]}]}"},
      {"Mapping", "hostname: a, add_response_headers: {a: {value: b, append: true, v2Representation: string}}",
       "hostname: a, add_response_headers: {a: {value: b, append: true}}"},
      {"TCPMapping", "service: https://s"},
      {"TCPMapping", "service: http://s"},
      {"TCPMapping", "service: https://s, tls: c"},
      {"Host", "mappingSelector: {matchLabels: {a: b}}"},
      {"Host", "selector: {matchLabels: {a: b}}", "mappingSelector: {matchLabels: {a: b}}"},
      {"TracingService", "tag_headers: [dead]", "tag_headers: [dead], custom_tags: []"},
      {"TracingService", "custom_tags: [{tag: a, request_header: {name: a}}]"},
  };
  for (const auto& c : kJourneys) {
    FieldErrors errors;
    const Json start = Object(c.kind, "v3alpha1", Cat("ambassador_id: [a], ", c.hub));
    const Json end = ToHub(FromHub(start, c.kind, "v2"), c.kind, "v2", errors);
    EXPECT_EQ(SpecIn(end),
              SpecIn(Object(c.kind, "", Cat("ambassador_id: [a], ", c.again != nullptr ? c.again : c.hub))));
  }
}

// Puts something odd into some places of an object.
void Spoil(Json& json, std::mt19937& random) {
  static const Json kOdd[] = {nullptr,
                              true,
                              false,
                              0,
                              5,
                              "",
                              "x",
                              "https://x",
                              "a,b",
                              Json::array(),
                              Json::object(),
                              {5},
                              {{"key", "x"}},
                              {{"header", "x"}},
                              {{"generic_key", {{"value", 5}}}}};
  if (random() % 12 == 0) {
    json = kOdd[random() % std::size(kOdd)];
  } else if (json.is_structured()) {
    for (Json& inner : json) Spoil(inner, random);
  }
}

// Each seed is a process of its own: a sanitizer beside busy neighbours takes a minute for all of them.
class ConversionOfAnything : public testing::TestWithParam<unsigned> {};

// Whatever stands in an object: no conversion fails, and a second journey changes nothing more.
TEST_P(ConversionOfAnything, IsTotal) {
  std::mt19937 random(GetParam());
  for (int round = 0; round < 2'000; ++round) {
    const Case& c = kCases[random() % std::size(kCases)];
    Json v2 = Object(c.kind, "v2", Cat(kId, c.v2));
    Json hub = Object(c.kind, "v3alpha1", Cat("ambassador_id: [a], ", c.hub));
    Spoil(v2["spec"], random);
    Spoil(hub["spec"], random);
    for (const Json& there : {Convert(v2, c.kind, "v2", "v3alpha1"), hub}) {
      const Json settled = Convert(Convert(there, c.kind, "v3alpha1", "v2"), c.kind, "v2", "v3alpha1");
      const Json again = Convert(Convert(settled, c.kind, "v3alpha1", "v2"), c.kind, "v2", "v3alpha1");
      ASSERT_EQ(again, settled) << c.name << " " << there.dump();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConversionOfAnything, testing::Range(1u, 11u));

TEST(Conversion, LeavesEverythingElse) {
  FieldErrors errors;
  const Json v2 = Parse(
      "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: x, labels: {host: h}}, extra: 1,"
      " status: {state: Running}, spec: {host: h, unknown: {host: h}, ambassador_id: "
      "[--apiVersion-v3alpha1-only--a]}}");
  const Json hub = ToHub(v2, "Mapping", "v2", errors);
  EXPECT_EQ(hub["metadata"], v2["metadata"]);
  EXPECT_EQ(hub["status"], v2["status"]);
  EXPECT_EQ(hub["spec"]["unknown"], v2["spec"]["unknown"]);
  EXPECT_EQ(FromHub(hub, "Mapping", "v2"), v2);
  for (const char* spec : {"5", "[]", "null"}) {
    const Json odd = Parse(Cat("{apiVersion: getambassador.io/v2, kind: Host, metadata: {}, spec: ", spec, "}"));
    EXPECT_EQ(FromHub(ToHub(odd, "Host", "v2", errors), "Host", "v2"), odd);
  }
}

TEST(Conversion, KnowsWhichVersionsThereAre) {
  EXPECT_THAT(VersionsOf("Mapping"), ElementsAre("v3alpha1", "v2", "v1"));
  EXPECT_THAT(VersionsOf("Host"), ElementsAre("v3alpha1", "v2"));
  EXPECT_THAT(VersionsOf("Listener"), ElementsAre("v3alpha1"));
  EXPECT_THAT(VersionsOf("Service"), IsEmpty());
  EXPECT_FALSE(HasVersion("Mapping", "v0"));
}

TEST(Conversion, KnowsTheNamesOfFields) {
  EXPECT_EQ(PathIn("v2", "Mapping", "spec.health_checks[1].timeout"), "spec.v3health_checks[1].timeout");
  EXPECT_EQ(PathIn("v1", "Mapping", "spec.hostname"), "spec.host");
  EXPECT_EQ(PathIn("v2", "Mapping", "spec.hostnames"), "spec.hostnames");
  EXPECT_EQ(PathIn("v2", "Host", "spec.tls.crl_secret"), "spec.tls.v3CRLSecret");
  EXPECT_EQ(PathIn("v3alpha1", "Host", "spec.tls.crl_secret"), "spec.tls.crl_secret");
}

std::vector<std::string> Problems(const Decoded& decoded) {
  std::vector<std::string> lines;
  for (const FieldErrors::Entry& entry : decoded.problems) {
    lines.push_back(Cat(entry.weight == FieldErrors::Weight::kError ? "E " : "W ", entry.path, ": ", entry.message));
  }
  return lines;
}

Decoded DecodeV2(std::string_view kind, std::string_view spec) {
  const std::string text = SpecIn(Object(kind, "v2", spec));
  const YamlStream stream =
      ReadYaml(Cat("{apiVersion: getambassador.io/v2, kind: ", kind, ", metadata: {name: x}, spec: ", text, "}"));
  return Decode(stream.documents.at(0), "f").at(0);
}

TEST(Conversion, IsWhatObjectsAreDecodedWith) {
  const Decoded decoded =
      DecodeV2("Mapping", "ambassador_id: one, prefix: /, service: s, host: h, tls: true, headers: {a: true}");
  EXPECT_THAT(Problems(decoded), IsEmpty());
  const auto& mapping = *std::get<std::shared_ptr<const Mapping>>(decoded.object.value());
  EXPECT_THAT(mapping.ambassador_id, ElementsAre("one"));
  EXPECT_EQ(mapping.hostname, "h");
  EXPECT_EQ(mapping.service, "https://s");
  EXPECT_EQ(mapping.regex_headers->at("a"), ".*");
}

TEST(Conversion, SaysWhatIsWrongAtTheFieldThatWasWritten) {
  EXPECT_THAT(Problems(DecodeV2("Mapping", "prefix: /, host: h, v3health_checks: [{timeout: 5}]")),
              ElementsAre("E spec.service: is required",
                          "E spec.v3health_checks[0].timeout: must be a string, not the number 5; put it in quotes",
                          "E spec.v3health_checks[0].health_check: must have exactly one of http and grpc"));
  EXPECT_THAT(Problems(DecodeV2("Mapping", "prefix: /, service: s, headers: {a: 5}, tls: 7, host: [], odd: 1")),
              ElementsAre("E spec.host: must be a string, not a list",
                          "E spec.headers[a]: must be a string, not the number 5; put it in quotes",
                          "E spec.tls: must be a string, not the number 7; put it in quotes",
                          "W spec.odd: is not a field of this kind and has no effect; remove it"));
}

TEST(Conversion, WarnsOfNamesThatItsVersionDoesNotHave) {
  const Decoded decoded = DecodeV2("Mapping", "prefix: /, service: s, hostname: h, v2BoolHeaders: [], stats_name: n");
  EXPECT_THAT(
      Problems(decoded),
      ElementsAre(
          "W spec.hostname: is not a field of getambassador.io/v2; there it is called \"host\" (it is one of v3alpha1)",
          "W spec.stats_name: is not a field of getambassador.io/v2; there it is called \"v3StatsName\" (it is one of "
          "v3alpha1)",
          "W spec.v2BoolHeaders: is not a field of getambassador.io/v2 (it is one of v3alpha1)"));
  EXPECT_EQ(std::get<std::shared_ptr<const Mapping>>(decoded.object.value())->hostname, "*");
  EXPECT_THAT(Problems(DecodeV2("TracingService", "driver: zipkin, service: s, tag_headers: [a], v3CustomTags: []")),
              ElementsAre("W spec.tag_headers: has no effect beside v3CustomTags; remove one of the two"));
}

}  // namespace
}  // namespace nuncio::resource
