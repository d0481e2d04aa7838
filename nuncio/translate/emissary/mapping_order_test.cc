#include <gtest/gtest.h>

#include "nuncio/translate/emissary/mapping_groups.h"
#include "nuncio/translate/emissary/mapping_match.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

constexpr char kNoProbes[] =
    "---\n{apiVersion: getambassador.io/v3alpha1, kind: Module, metadata: {name: ambassador, namespace: default}, "
    "spec: {config: {liveness_probe: {enabled: false}, readiness_probe: {enabled: false}}}}\n";

// The names of the Mappings of all groups, in the order of the routes.
std::string Order(const std::string& manifests) {
  TestContext test(manifests + kNoProbes);
  std::string text;
  MappingTranslator translator;
  for (const MappingGroup* group : TranslatedIn(test, translator)) {
    for (const ir::RoutePtr& route : group->routes) text += Cat(text.empty() ? "" : " ", route->origins.front()->name);
  }
  return text;
}

// Reference 3.4: each pair differs in what its line names, and in nothing that counts more.
TEST(MappingOrder, IsTotal) {
  struct Case {
    const char* what;
    const char* first;   // a Mapping "z", so that its name does not help it
    const char* second;  // a Mapping "a"
  };
  const Case cases[] = {
      {"precedence before length", "prefix: /, precedence: 1", "prefix: /long/"},
      {"no precedence before a negative one", "prefix: /", "prefix: /long/, precedence: -1"},
      {"the longer prefix", "prefix: /abc/", "prefix: /b/, headers: {x-very-long-name: value}"},
      {"an exact prefix gets nothing for it", "prefix: /b/", "prefix: /a/, prefix_exact: true"},
      {"a regex by its source", "prefix: '/[ab]/', prefix_regex: true", "prefix: /abc"},
      {"characters, not bytes", "prefix: /abcd", "prefix: /éé"},
      {"longer headers before longer query", "prefix: /, headers: {x-a: ab}",
       "prefix: /, query_parameters: {abcdef: ghij}"},
      {"a method is a header", "prefix: /, method: POST", "prefix: /, headers: {x-a: ab}"},
      {"a host is a header, even *", "prefix: /, hostname: '*'", "prefix: /, headers: {x-ab: c}"},
      {"a regex counts one more", "prefix: /, regex_headers: {x-a: b}", "prefix: /, headers: {x-c: d}"},
      {"an empty value counts one", "prefix: /, headers: {x-ab: ''}",
       "prefix: /, headers: {x-a: b}, query_parameters: {q: r}"},
      {"longer query", "prefix: /, query_parameters: {a: bc}", "prefix: /, query_parameters: {d: e}"},
      {"the greater prefix", "prefix: /b", "prefix: /a"},
      {"case counts", "prefix: /a", "prefix: /A"},
      {"the greater method", "prefix: /, method: PUT", "prefix: /, method: GET"},
      {"the greater header", "prefix: /, headers: {x-b: a}", "prefix: /, headers: {x-a: b}"},
      {"the greater query parameter", "prefix: /, query_parameters: {b: a}", "prefix: /, query_parameters: {a: b}"},
      {"the one that is visited later", "prefix: /, prefix_regex: false, headers: {a: b-c}",
       "prefix: /, headers: {a-b: c}"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Order(Mapping("z", Cat(c.first, ", service: s")) + Mapping("a", Cat(c.second, ", service: s"))), "z a")
        << c.what;
    EXPECT_EQ(Order(Mapping("a", Cat(c.second, ", service: s")) + Mapping("z", Cat(c.first, ", service: s"))), "z a")
        << c.what;
  }
}

TEST(MappingOrder, PutsExplicitWeightsFirstWithinAGroup) {
  EXPECT_EQ(Order(Mapping("a", "prefix: /, service: s") + Mapping("b", "prefix: /, service: t, weight: 10")), "b a");
}

TEST(MappingMatch, EmitsTheHostAsItsGlobSays) {
  struct Case {
    const char* host;
    std::vector<ir::HeaderMatch> want;
  };
  using Kind = ir::StringMatch::Kind;
  const Case cases[] = {
      {"*", {}},
      {"*.example.com", {{":authority", {Kind::kSuffix, ".example.com", false}, false}}},
      {"example.*", {{":authority", {Kind::kPrefix, "example.", false}, false}}},
      {"a.example.com:8080", {{":authority", {Kind::kExact, "a.example.com:8080", false}, false}}},
  };
  for (const Case& c : cases) {
    resource::Mapping mapping;
    mapping.hostname = c.host;
    EXPECT_EQ(HeaderMatchesOf(RequestMatchesOf(mapping, HostOf(mapping))), c.want) << c.host;
  }
}

TEST(MappingMatch, ListsHeadersInTheOrderThatCounts) {
  resource::Mapping mapping;
  mapping.headers = {{"x-z", "1"}, {"x-b", ""}, {":authority", "h"}};
  mapping.regex_headers = {{"x-a", "r.*"}};
  mapping.method = "GET|PUT";
  mapping.method_regex = true;
  const std::vector<NamedMatch> want = {{"x-b", "", false},
                                        {"x-z", "1", false},
                                        {"x-a", "r.*", true},
                                        {":authority", "h", false},
                                        {":method", "GET|PUT", true}};
  EXPECT_EQ(RequestMatchesOf(mapping, HostOf(mapping)).headers, want);
}

}  // namespace
}  // namespace nuncio::translate::emissary
