#include "nuncio/ir/dump.h"

#include "nuncio/ir/dump_parts.h"

namespace nuncio::ir {

const char* ToText(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNotice:
      return "notice";
  }
  return "";
}

Json Dump(std::chrono::milliseconds value) {
  if (value.count() % 1000 == 0) return std::to_string(value.count() / 1000) + "s";
  return std::to_string(value.count()) + "ms";
}

Json Dump(const Origin& origin) {
  if (origin.name.empty()) return origin.kind;  // all of a kind
  if (origin.ns.empty()) return origin.kind + " " + origin.name;
  return origin.kind + " " + origin.ns + "/" + origin.name;
}

Json ToJson(const Model& model) {
  return DumpedObject()
      .Member("listeners", model.listeners)
      .Member("upstreams", model.upstreams)
      .Member("endpoint_sets", model.endpoint_sets)
      .Member("secrets", model.secrets)
      .Take();
}

Json ToJson(const Finding& finding) {
  DumpedObject object;
  object.Always("severity", ToText(finding.severity)).Member("code", finding.code);
  // A file that could not be parsed names no object.
  if (!finding.object.kind.empty() || !finding.object.name.empty()) object.Always("object", Dump(finding.object));
  return object.Member("file", *finding.object.file)
      .Member("line", finding.object.line)
      .Member("field", finding.field)
      .Member("message", finding.message)
      .Take();
}

Json ToJson(const Findings& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(ToJson(finding));
  return list;
}

}  // namespace nuncio::ir
