#include "nuncio/translate/emissary/auth.h"

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

}  // namespace

void RefuseWhatAuthServicesGuard(const store::Snapshot& snapshot, const Options& options, ModuleSettings& module,
                                 Report& report) {
  for (const auto& object : snapshot.unbuilt) {
    if (object->kind != "AuthService" || !IsMine(object->ambassador_id, options.ambassador_id)) continue;
    report.Error(OriginOf(object->kind, object->meta), code::kAuthClosed, "",
                 "is not supported yet, so every request is refused with status 500 rather than let through unasked; "
                 "remove it only if its routes may be open to everybody");
    module.http.lua = kRefuse;
  }
}

}  // namespace nuncio::translate::emissary
