#include "nuncio/translate/emissary/health_checks.h"

#include <chrono>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nuncio/base/duration.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/ir/format.h"

namespace nuncio::translate::emissary {
namespace {

// Reads the parts of one check, each with an error at its own path.
class CheckReader {
 public:
  CheckReader(size_t index, const ir::Origin& origin, Report& report)
      : path_(absl::StrCat("spec.health_checks[", index, "]")), origin_(origin), report_(report) {}

  void Duration(const char* field, const std::string& text, std::chrono::milliseconds& out) {
    if (text.empty()) return;
    const auto parsed = ParseGoDuration(text);
    if (parsed.ok() && parsed->count() > 0) {
      out = *parsed;
    } else {
      report_.Error(origin_, code::kMappingInvalid, path_ + field,
                    absl::StrCat("'", text, "' is not a duration above 0; write one such as 3s"));
      ok_ = false;
    }
  }
  ir::HttpHealthCheck Http(const resource::HttpHealthCheck& http) {
    ir::HttpHealthCheck out{http.path, http.hostname, {}, {}, {}};
    for (const std::string& name : http.remove_request_headers) {
      if (MayEdit("remove_request_headers", name)) out.remove_request_headers.push_back(name);
    }
    for (const auto& [name, header] : http.add_request_headers) {
      if (!MayEdit("add_request_headers", name)) continue;
      if (auto problem = ir::FormatProblem(header.value, ir::FormatUse::kHeader)) {
        report_.Error(origin_, code::kFormatInvalid,
                      absl::StrCat(path_, ".health_check.http.add_request_headers['", name, "'].value"),
                      *std::move(problem));
        ok_ = false;
        continue;
      }
      out.add_request_headers.push_back({name, header.value, header.append.value_or(true)});
    }
    for (size_t i = 0; i < http.expected_statuses.size(); ++i) {
      const auto& range = http.expected_statuses[i];
      if (range.min <= range.max) {
        out.expected_statuses.push_back({static_cast<uint32_t>(range.min), static_cast<uint32_t>(range.max)});
        continue;
      }
      report_.Error(origin_, code::kMappingInvalid,
                    absl::StrCat(path_, ".health_check.http.expected_statuses[", i, "]"),
                    "has a min above its max; it is left out");
    }
    return out;
  }
  ir::GrpcHealthCheck Grpc(const resource::GrpcHealthCheck& check, bool grpc) {
    if (!grpc) {
      report_.Error(origin_, code::kMappingInvalid, path_ + ".health_check.grpc",
                    "needs grpc: true in the Mapping: Envoy speaks HTTP/1.1 to the service otherwise; it is left out");
      ok_ = false;
    }
    return {check.upstream_name, check.authority};
  }
  bool ok() const { return ok_; }

 private:
  // Envoy keeps Host and pseudo-headers to itself.
  bool MayEdit(const char* field, const std::string& name) {
    if (!name.starts_with(':') && !absl::EqualsIgnoreCase(name, "host")) return true;
    report_.Error(origin_, code::kMappingInvalid, absl::StrCat(path_, ".health_check.http.", field),
                  absl::StrCat("must not name ", name, ", which is left out; set the host by hostname"));
    return false;
  }

  std::string path_;
  const ir::Origin& origin_;
  Report& report_;
  bool ok_ = true;
};

}  // namespace

std::vector<ir::HealthCheck> HealthChecksOf(const std::vector<resource::HealthCheck>& checks, bool grpc,
                                            const ir::Origin& origin, Report& report) {
  std::vector<ir::HealthCheck> out;
  for (size_t i = 0; i < checks.size(); ++i) {
    const resource::HealthCheck& check = checks[i];
    CheckReader reader(i, origin, report);
    ir::HealthCheck made;
    reader.Duration(".timeout", check.timeout, made.timeout);
    reader.Duration(".interval", check.interval, made.interval);
    if (check.unhealthy_threshold) made.unhealthy_threshold = static_cast<uint32_t>(*check.unhealthy_threshold);
    if (check.healthy_threshold) made.healthy_threshold = static_cast<uint32_t>(*check.healthy_threshold);
    if (check.http) {
      made.probe = reader.Http(*check.http);
    } else {
      made.probe = reader.Grpc(*check.grpc, grpc);
    }
    if (reader.ok()) out.push_back(std::move(made));
  }
  return out;
}

}  // namespace nuncio::translate::emissary
