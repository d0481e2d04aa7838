#include "nuncio/translate/emissary/mapping_check.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/ir/format.h"
#include "nuncio/translate/emissary/mapping_match.h"
#include "nuncio/translate/emissary/policies.h"
#include "nuncio/translate/emissary/regex_check.h"

namespace nuncio::translate::emissary {
namespace {

// Checks one Mapping. An error makes it unusable; what Complain() and the notices say does not.
class MappingCheck {
 public:
  MappingCheck(Context& context, const resource::Mapping& mapping, const ir::Origin& origin)
      : context_(context), mapping_(mapping), origin_(origin) {}

  bool Run() {
    CheckHost();
    CheckRegexes();
    CheckHeaders();
    CheckPolicies();
    CheckConnectTimeout();
    CheckRewrite();
    CheckRedirect();
    CheckEnumerations();
    CheckUnsupported();
    return usable_;
  }

 private:
  void Error(std::string_view code, const std::string& field, std::string message) {
    context_.report.Error(origin_, code, "spec." + field, std::move(message));
    usable_ = false;
  }
  // Something is not in effect, but the Mapping is used without it.
  void Complain(std::string_view code, const std::string& field, std::string message) {
    context_.report.Error(origin_, code, "spec." + field, std::move(message));
  }
  void Warning(const std::string& field, std::string message) {
    context_.report.Warning(origin_, code::kFieldWithoutEffect, "spec." + field, std::move(message));
  }

  void CheckHost() {
    const MappingHost host = HostOf(mapping_);
    const bool has_authority = mapping_.headers->contains(":authority");
    if (host.field == "hostname") {
      if (!mapping_.host->empty()) Warning("host", "is ignored because hostname is set; remove it");
      if (has_authority) Warning("headers[':authority']", "is ignored because hostname is set; remove it");
    } else if (host.kind == MappingHost::Kind::kGlob && host.value.find('*') != std::string::npos) {
      Error(code::kMappingInvalid, std::string(host.field),
            "is compared as it is and must not hold a '*'; use hostname for a glob");
    }
    if (host.field == "host" && has_authority) {
      Warning("headers[':authority']", "is ignored because host is set; remove it");
    }
  }

  void CheckRegex(const std::string& field, const std::string& pattern) {
    if (auto problem = RegexProblem(pattern, context_.module.regex_max_size)) {
      Error(code::kRegexInvalid, field, *std::move(problem));
    }
  }

  void CheckRegexes() {
    if (mapping_.prefix_regex.value_or(false)) CheckRegex("prefix", mapping_.prefix);
    if (HostOf(mapping_).kind == MappingHost::Kind::kRegex) CheckRegex("host", mapping_.host);
    if (mapping_.method_regex.value_or(false)) CheckRegex("method", mapping_.method);
    for (const auto& [name, pattern] : *mapping_.regex_headers) {
      CheckRegex(absl::StrCat("regex_headers['", name, "']"), pattern);
    }
    for (const auto& [name, pattern] : *mapping_.regex_query_parameters) {
      CheckRegex(absl::StrCat("regex_query_parameters['", name, "']"), pattern);
    }
    // Emissary sets no limit for redirects.
    const auto check_rewrite = [&](const char* field, const Boxed<resource::RegexRewrite>& rewrite, uint32_t max_size) {
      if (!rewrite) return;
      if (auto problem = RegexProblem(*rewrite, max_size)) {
        Error(code::kRegexInvalid, field, *std::move(problem));
      }
    };
    check_rewrite("regex_rewrite", mapping_.regex_rewrite, context_.module.regex_max_size);
    check_rewrite("regex_redirect", mapping_.redirect->regex_redirect, 0);
  }

  void CheckFormats(const char* field, const Boxed<resource::AddedHeaders>& headers) {
    if (!headers) return;
    for (const auto& [name, header] : *headers) {
      if (auto problem = ir::FormatProblem(header.value, ir::FormatUse::kHeader)) {
        Error(code::kFormatInvalid, absl::StrCat(field, "['", name, "'].value"), *std::move(problem));
      }
    }
  }

  // A redirect is without them.
  void CheckHeaders() {
    if (mapping_.redirect->host_redirect.value_or(false)) return;
    CheckFormats("add_request_headers", mapping_.add_request_headers);
    CheckFormats("add_response_headers", mapping_.add_response_headers);
  }

  void CheckPolicy(const char* field, const auto& policy) {
    if (!policy) return;
    if (auto problem = ProblemOf(*policy)) {
      Error(code::kMappingInvalid, field + problem->field, std::move(problem->message));
    }
  }

  void CheckPolicies() {
    CheckPolicy("load_balancer", mapping_.load_balancer);
    CheckPolicy("retry_policy", mapping_.retry_policy);
    CheckPolicy("circuit_breakers", mapping_.cluster->circuit_breakers);
  }

  // Envoy takes no timeout of 0 here. The other numbers' ranges are those of the schema.
  void CheckConnectTimeout() {
    if (mapping_.cluster->connect_timeout_ms != 0) return;
    Error(code::kMappingInvalid, "connect_timeout_ms", "must be above 0");
  }

  void CheckRewrite() {
    if (!mapping_.regex_rewrite || !mapping_.rewrite || *mapping_.rewrite == "/") return;
    context_.report.Notice(origin_, code::kFieldWithoutEffect, "spec.rewrite",
                           "is ignored because regex_rewrite is set; remove one of the two");
  }

  void CheckRedirect() {
    const resource::MappingRedirect& redirect = *mapping_.redirect;
    const std::array<std::pair<const char*, bool>, 3> paths = {
        {{"path_redirect", redirect.path_redirect.has_value()},
         {"prefix_redirect", redirect.prefix_redirect.has_value()},
         {"regex_redirect", redirect.regex_redirect.has_value()}}};
    const bool redirects = redirect.host_redirect.value_or(false);
    const char* taken = nullptr;
    for (const auto& [field, is_set] : paths) {
      if (!is_set) continue;
      if (!redirects) {
        Warning(field, "has no effect without host_redirect: true");
      } else if (taken != nullptr) {
        Complain(code::kMappingInvalid, field,
                 absl::StrCat("is ignored because ", taken, " is set; keep one of the two"));
      } else {
        taken = field;
      }
    }
    if (!redirects) return;
    if (mapping_.shadow.value_or(false)) {
      Complain(code::kMappingInvalid, "host_redirect", "is ignored because shadow is set; remove one of the two");
      return;
    }
    for (const auto& [field, is_set] : std::initializer_list<std::pair<const char*, bool>>{
             {"add_request_headers", mapping_.add_request_headers.has_value()},
             {"add_response_headers", mapping_.add_response_headers.has_value()},
             {"remove_request_headers", mapping_.remove_request_headers.has_value()},
             {"remove_response_headers", mapping_.remove_response_headers.has_value()}}) {
      if (is_set) Warning(field, "has no effect beside host_redirect: the answer is Envoy's own");
    }
    const bool has_query = !mapping_.query_parameters->empty() || !mapping_.regex_query_parameters->empty();
    if (has_query) {
      Warning(mapping_.query_parameters->empty() ? "regex_query_parameters" : "query_parameters",
              "does not restrict a host_redirect, as in Emissary: requests without it are redirected too");
    }
    if (mapping_.service.find("://") != std::string::npos) {
      Warning("service", "stands in the Location header as it is, scheme included; write the host alone");
    }
  }

  void CheckEnumerations() {
    static const std::set<std::string> kPriorities = {"", "DEFAULT", "HIGH"};
    if (!kPriorities.contains(mapping_.priority)) {
      Complain(code::kMappingInvalid, "priority", "must be DEFAULT or HIGH; DEFAULT is used");
    }
    static const std::set<std::string> kDnsTypes = {"", "strict_dns", "logical_dns"};
    if (!kDnsTypes.contains(mapping_.cluster->dns_type)) {
      Complain(code::kMappingInvalid, "dns_type", "must be strict_dns or logical_dns; strict_dns is used");
    }
  }

  void CheckUnsupported() {
    if (mapping_.has_error_response_overrides) {
      Complain(code::kNotSupported, "error_response_overrides", "is not supported, as in Emissary 4; remove it");
    }
    if (mapping_.has_outlier_detection) {
      Complain(code::kNotSupported, "outlier_detection", "is not supported, as in Emissary 4; remove it");
    }
    const std::array<std::pair<const char*, bool>, 4> dead = {
        {{"bypass_error_response_overrides", mapping_.has_bypass_error_response_overrides},
         {"docs", mapping_.has_docs},
         {"envoy_override", mapping_.has_envoy_override},
         {"modules", mapping_.has_modules}}};
    for (const auto& [field, is_set] : dead) {
      if (!is_set) continue;
      context_.report.Notice(origin_, code::kFieldWithoutEffect, absl::StrCat("spec.", field),
                             "has no effect, as in Emissary 4; remove it");
    }
    if (mapping_.has_labels) {
      context_.report.Notice(origin_, code::kNotBuilt, "spec.labels", "rate limiting is not supported yet");
    }
  }

  Context& context_;
  const resource::Mapping& mapping_;
  const ir::Origin& origin_;
  bool usable_ = true;
};

}  // namespace

bool CheckMapping(Context& context, const resource::Mapping& mapping, const ir::Origin& origin) {
  return MappingCheck(context, mapping, origin).Run();
}

}  // namespace nuncio::translate::emissary
