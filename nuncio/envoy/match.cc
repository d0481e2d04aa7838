#include "nuncio/envoy/match.h"

#include <string_view>

#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/type/matcher/v3/string.pb.h"

namespace nuncio::envoy {
namespace {

using ir::StringMatch;

void SetStringMatch(const StringMatch& match, ::envoy::type::matcher::v3::StringMatcher* matcher) {
  switch (match.kind) {
    case StringMatch::Kind::kExact:
      matcher->set_exact(match.value);
      break;
    case StringMatch::Kind::kPrefix:
      matcher->set_prefix(match.value);
      break;
    case StringMatch::Kind::kSuffix:
      matcher->set_suffix(match.value);
      break;
    case StringMatch::Kind::kRegex:
      matcher->mutable_safe_regex()->set_regex(match.value);
      return;
    case StringMatch::Kind::kPresent:
      return;
  }
  matcher->set_ignore_case(match.ignore_case);
}

// Envoy wants neither "/" nor a closing slash here. "/a/" and "/a" have the same elements.
void SetPathElement(std::string_view path, pb::RouteMatch* proto) {
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) {
    proto->set_prefix("/");
  } else {
    proto->set_path_separated_prefix(std::string(path));
  }
}

void SetPath(const ir::PathMatch& path, pb::RouteMatch* proto) {
  switch (path.kind) {
    case ir::PathMatch::Kind::kPrefix:
      proto->set_prefix(path.value);
      break;
    case ir::PathMatch::Kind::kPathElement:
      SetPathElement(path.value, proto);
      break;
    case ir::PathMatch::Kind::kExact:
      proto->set_path(path.value);
      break;
    case ir::PathMatch::Kind::kRegex:
      proto->mutable_safe_regex()->set_regex(path.value);
      break;
  }
  if (!path.case_sensitive) proto->mutable_case_sensitive()->set_value(false);
}

}  // namespace

pb::RouteMatch MakeRouteMatch(const ir::RouteMatch& match) {
  pb::RouteMatch proto;
  SetPath(match.path, &proto);
  for (const ir::HeaderMatch& header : match.headers) {
    auto* matcher = proto.add_headers();
    matcher->set_name(header.name);
    if (header.match.kind == StringMatch::Kind::kPresent) {
      matcher->set_present_match(true);
    } else {
      SetStringMatch(header.match, matcher->mutable_string_match());
    }
    matcher->set_invert_match(header.invert);
  }
  for (const ir::QueryMatch& query : match.query) {
    auto* matcher = proto.add_query_parameters();
    matcher->set_name(query.name);
    if (query.match.kind == StringMatch::Kind::kPresent) {
      matcher->set_present_match(true);
    } else {
      SetStringMatch(query.match, matcher->mutable_string_match());
    }
  }
  if (match.share) {
    auto* fraction = proto.mutable_runtime_fraction();
    fraction->mutable_default_value()->set_numerator(match.share->percent);
    fraction->mutable_default_value()->set_denominator(::envoy::type::v3::FractionalPercent::HUNDRED);
    fraction->set_runtime_key(match.share->runtime_key);
  }
  return proto;
}

}  // namespace nuncio::envoy
