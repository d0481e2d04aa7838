#include "nuncio/envoy/match.h"

#include <gtest/gtest.h>

#include "envoy/config/route/v3/route_components.pb.h"
#include "nuncio/envoy/test_json.h"

namespace nuncio::envoy {
namespace {

using ir::PathMatch;
using ir::StringMatch;

ir::RouteMatch Path(PathMatch::Kind kind, const std::string& value, bool case_sensitive = true) {
  return {{kind, value, case_sensitive}, {}, {}, {}};
}

ir::RouteMatch Header(StringMatch match, bool invert = false) {
  return {{PathMatch::Kind::kPrefix, "/", true}, {{"x", std::move(match), invert}}, {}, {}};
}

TEST(MakeRouteMatch, Table) {
  ir::RouteMatch query = Path(PathMatch::Kind::kPrefix, "/");
  query.query = {{"q", {StringMatch::Kind::kExact, "1"}}, {"p", {StringMatch::Kind::kPresent, ""}}};
  ir::RouteMatch share = Path(PathMatch::Kind::kPrefix, "/");
  share.share = ir::Share{25, "canary"};
  const struct {
    const char* name;
    ir::RouteMatch input;
    const char* want;
  } cases[] = {
      {"prefix", Path(PathMatch::Kind::kPrefix, "/a"), R"({"prefix": "/a"})"},
      {"any case", Path(PathMatch::Kind::kPrefix, "/a", false), R"({"prefix": "/a", "case_sensitive": false})"},
      {"exact", Path(PathMatch::Kind::kExact, "/a"), R"({"path": "/a"})"},
      {"regex", Path(PathMatch::Kind::kRegex, "/a+"), R"({"safe_regex": {"regex": "/a+"}})"},
      {"element", Path(PathMatch::Kind::kPathElement, "/a"), R"({"path_separated_prefix": "/a"})"},
      {"element, closing slash", Path(PathMatch::Kind::kPathElement, "/a/"), R"({"path_separated_prefix": "/a"})"},
      {"every element", Path(PathMatch::Kind::kPathElement, "/"), R"({"prefix": "/"})"},
      {"header, exact", Header({StringMatch::Kind::kExact, "v"}),
       R"({"prefix": "/", "headers": [{"name": "x", "string_match": {"exact": "v"}}]})"},
      {"header, any case", Header({StringMatch::Kind::kSuffix, "v", true}),
       R"({"prefix": "/", "headers": [{"name": "x", "string_match": {"suffix": "v", "ignore_case": true}}]})"},
      {"header, regex", Header({StringMatch::Kind::kRegex, "v.*"}),
       R"({"prefix": "/", "headers": [{"name": "x", "string_match": {"safe_regex": {"regex": "v.*"}}}]})"},
      {"header, absent", Header({StringMatch::Kind::kPresent, ""}, true),
       R"({"prefix": "/", "headers": [{"name": "x", "present_match": true, "invert_match": true}]})"},
      {"query", query,
       R"({"prefix": "/", "query_parameters": [{"name": "q", "string_match": {"exact": "1"}},
                                               {"name": "p", "present_match": true}]})"},
      {"share", share,
       R"({"prefix": "/", "runtime_fraction": {"default_value": {"numerator": 25}, "runtime_key": "canary"}})"},
  };
  for (const auto& c : cases) EXPECT_EQ(JsonOf(MakeRouteMatch(c.input)), JsonOf(c.want)) << c.name;
}

}  // namespace
}  // namespace nuncio::envoy
