#pragma once

#include <string>
#include <string_view>

namespace nuncio::ir {

// What is wrong with the parameter of a command in a format string, as words that follow the command's name; empty if
// nothing is. Pure. The rules are those that Envoy 1.40 was seen to apply; its documentation names most of them:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/advanced/substitution_formatter
std::string TakesAny(std::string_view parameter);
std::string NeedsParameter(std::string_view parameter);
std::string HeaderProblem(std::string_view parameter);      // NAME, or NAME?NAME
std::string TimeProblem(std::string_view parameter);        // as of strftime
std::string StateProblem(std::string_view parameter);       // KEY, KEY:PLAIN, KEY:TYPED or KEY:FIELD:NAME
std::string DurationProblem(std::string_view parameter);    // START:END, or START:END:PRECISION
std::string MetadataProblem(std::string_view parameter);    // TYPE, TYPE:NAMESPACE:KEY...
std::string PathProblem(std::string_view parameter);        // with or without the query, of which path
std::string ServerNameProblem(std::string_view parameter);  // of TLS or of the request, and then which
std::string QueryProblem(std::string_view parameter);
std::string GrpcStatusProblem(std::string_view parameter);
std::string ForwardedCertificateProblem(std::string_view parameter);

}  // namespace nuncio::ir
