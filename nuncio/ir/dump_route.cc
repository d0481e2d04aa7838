#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {
namespace {

const char* Text(StringMatch::Kind kind) {
  switch (kind) {
    case StringMatch::Kind::kExact:
      return "exact";
    case StringMatch::Kind::kPrefix:
      return "prefix";
    case StringMatch::Kind::kSuffix:
      return "suffix";
    case StringMatch::Kind::kRegex:
      return "regex";
    case StringMatch::Kind::kPresent:
      return "present";
  }
  return "";
}

const char* Text(PathMatch::Kind kind) {
  switch (kind) {
    case PathMatch::Kind::kPrefix:
      return "prefix";
    case PathMatch::Kind::kPathElement:
      return "path_element";
    case PathMatch::Kind::kExact:
      return "exact";
    case PathMatch::Kind::kRegex:
      return "regex";
  }
  return "";
}

DumpedObject& AddMatch(DumpedObject& object, const StringMatch& match) {
  const bool present = match.kind == StringMatch::Kind::kPresent;
  return object.Always(Text(match.kind), present ? Json(true) : Json(match.value))
      .Member("ignore_case", match.ignore_case);
}

// The part of a path that is replaced names the member.
struct PathVisitor {
  DumpedObject& object;
  const char* name;
  void operator()(std::monostate) const {}
  void operator()(const PrefixRewrite& rewrite) const { object.Always(name, {{"prefix", rewrite.replacement}}); }
  void operator()(const PathRewrite& rewrite) const { object.Always(name, {{"path", rewrite.replacement}}); }
  void operator()(const RegexRewrite& rewrite) const { object.Always(name, {{"regex", Dump(rewrite)}}); }
};

struct HostVisitor {
  DumpedObject& object;
  void operator()(std::monostate) const {}
  void operator()(const HostRewriteLiteral& rewrite) const {
    object.Always("host_rewrite", {{"literal", rewrite.host}});
  }
  void operator()(HostRewriteAuto) const { object.Always("host_rewrite", "auto"); }
};

Json Dump(const RetryPolicy& retry) {
  return DumpedObject()
      .Member("retry_on", retry.retry_on)
      .Member("num_retries", retry.num_retries)
      .Member("per_try_timeout", retry.per_try_timeout)
      .Take();
}

Json Dump(const Cors& cors) {
  return DumpedObject()
      .Member("origins", cors.origins)
      .Member("methods", cors.methods)
      .Member("headers", cors.headers)
      .Member("exposed_headers", cors.exposed_headers)
      .Member("credentials", cors.credentials)
      .Member("max_age", cors.max_age)
      .Member("runtime_key", cors.runtime_key)
      .Take();
}

struct HashVisitor {
  Json operator()(const HashOnCookie& cookie) const {
    Json members =
        DumpedObject().Member("name", cookie.name).Member("path", cookie.path).Member("ttl", cookie.ttl).Take();
    return {{"cookie", std::move(members)}};
  }
  Json operator()(const HashOnHeader& header) const { return {{"header", header.name}}; }
  Json operator()(HashOnSourceIp) const { return "source_ip"; }
};

Json Dump(const Mirror& mirror) {
  return DumpedObject()
      .Always("upstream", Dump(mirror.upstream))
      .Member("percent", mirror.percent, 100u)
      .Member("runtime_key", mirror.runtime_key)
      .Take();
}

Json Dump(const Forward& forward) {
  DumpedObject object;
  object.Always("upstream", Dump(forward.upstream));
  std::visit(PathVisitor{object, "path_rewrite"}, forward.path_rewrite);
  std::visit(HostVisitor{object}, *forward.host_rewrite);
  object.Member("timeout", forward.timeout).Member("idle_timeout", forward.idle_timeout);
  if (forward.priority == RoutePriority::kHigh) object.Always("priority", "high");
  if (forward.retry) object.Always("retry", Dump(*forward.retry));
  if (forward.cors) object.Always("cors", Dump(*forward.cors));
  if (forward.hash) object.Always("hash", std::visit(HashVisitor{}, *forward.hash));
  Json mirrors = Json::array();
  for (const Mirror& mirror : forward.mirrors) mirrors.push_back(Dump(mirror));
  if (!mirrors.empty()) object.Always("mirrors", std::move(mirrors));
  return object.Member("upgrades", *forward.upgrades).Take();
}

Json Dump(const Redirect& redirect) {
  DumpedObject object;
  object.Member("to_https", redirect.to_https).Member("host", redirect.host);
  std::visit(PathVisitor{object, "path"}, redirect.path);
  return object.Always("status", redirect.status).Take();
}

struct ActionVisitor {
  DumpedObject& object;
  void operator()(const Forward& forward) const { object.Always("forward", Dump(forward)); }
  void operator()(const Redirect& redirect) const { object.Always("redirect", Dump(redirect)); }
  void operator()(const DirectResponse& response) const {
    object.Always("respond", DumpedObject().Always("status", response.status).Member("body", response.body).Take());
  }
};

}  // namespace

Json Dump(const StringMatch& match) {
  DumpedObject object;
  return AddMatch(object, match).Take();
}

Json Dump(const PathMatch& match) {
  return DumpedObject()
      .Always(Text(match.kind), match.value)
      .Member("case_sensitive", match.case_sensitive, true)
      .Take();
}

Json Dump(const HeaderMatch& match) {
  DumpedObject object;
  object.Always("name", match.name);
  return AddMatch(object, match.match).Member("invert", match.invert).Take();
}

Json Dump(const QueryMatch& match) {
  DumpedObject object;
  object.Always("name", match.name);
  return AddMatch(object, match.match).Take();
}

Json Dump(const RouteMatch& match) {
  DumpedObject object;
  object.Always("path", Dump(match.path)).Member("headers", match.headers).Member("query", match.query);
  if (match.share) {
    object.Always(
        "share",
        DumpedObject().Always("percent", match.share->percent).Member("runtime_key", match.share->runtime_key).Take());
  }
  return object.Take();
}

Json Dump(const AddedHeader& header) {
  return DumpedObject()
      .Always("name", header.name)
      .Always("value", header.value)
      .Member("append", header.append, true)
      .Take();
}

Json Dump(const HeaderEdits& edits) {
  return DumpedObject().Member("add", edits.add).Member("remove", edits.remove).Take();
}

Json Dump(const RegexRewrite& rewrite) {
  return DumpedObject().Always("pattern", rewrite.pattern).Always("substitution", rewrite.substitution).Take();
}

Json Dump(const Route& route) {
  DumpedObject object;
  object.Always("match", Dump(route.match));
  std::visit(ActionVisitor{object}, route.action);
  return object.Member("request_headers", *route.request_headers)
      .Member("response_headers", *route.response_headers)
      .Member("regex_max_program_size", route.regex_max_program_size, Route().regex_max_program_size)
      .Member("origins", route.origins)
      .Take();
}

}  // namespace nuncio::ir
