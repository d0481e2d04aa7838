#include "nuncio/translate/emissary/auth.h"

#include <vector>

#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

constexpr char kRefuse[] = R"lua(function envoy_on_request(handle)
  local path = handle:headers():get(":path")
  if path == "/ambassador/v0/check_alive" or path == "/ambassador/v0/check_ready" then return end
  handle:respond({[":status"] = "500", ["content-type"] = "application/json"},
                 '{"message": "the AuthService cannot be used"}')
end
)lua";

std::vector<ir::Origin> GuardsOf(const store::Snapshot& snapshot, const Options& options) {
  std::vector<ir::Origin> guards;
  for (const auto& object : snapshot.unbuilt) {
    if (object->kind != "AuthService" || !IsMine(object->ambassador_id, options.ambassador_id)) continue;
    guards.push_back(OriginOf(object->kind, object->meta));
  }
  // One that could not be read, or is of an older version, may be meant for any instance.
  for (const store::SourceProblem& problem : snapshot.problems) {
    if (problem.kind != "AuthService" || !store::HidesAnObject(problem)) continue;
    guards.push_back({problem.kind, problem.key.ns, problem.key.name, problem.source.file, problem.source.line});
  }
  // The form that came before the kind, which Emissary reads to this day (reference 1.6).
  for (const resource::Module* old : Mine(snapshot.modules, options.ambassador_id)) {
    if (old->meta.name == "authentication") guards.push_back(OriginOf("Module", old->meta));
  }
  return guards;
}

}  // namespace

void RefuseWhatAuthServicesGuard(const store::Snapshot& snapshot, const Options& options, ModuleSettings& module,
                                 Report& report) {
  for (const ir::Origin& guard : GuardsOf(snapshot, options)) {
    report.Error(
        guard, code::kAuthClosed, "",
        "asks for authentication, which is not supported yet, so every request is refused with status 500 rather "
        "than let through unasked; remove it only if its routes may be open to everybody");
    module.http.lua = kRefuse;
  }
}

}  // namespace nuncio::translate::emissary
