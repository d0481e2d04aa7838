// What nuncio says of format strings is what the real Envoy says.
#include <gtest/gtest.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "nuncio/base/json.h"
#include "nuncio/envoy/test_envoy.h"
#include "nuncio/ir/format.h"
#include "nuncio/ir/test_formats.h"

namespace nuncio::envoy {
namespace {

using ir::FormatUse;

constexpr char kExtensions[] = "type.googleapis.com/envoy.extensions.";

// A listener for HTTP with a route that adds a header for each format of `headers`, and a log for each of `logs`.
Json Listener(const std::vector<std::string>& headers, const std::vector<std::string>& logs) {
  Json routes = Json::array();
  for (size_t i = 0; i < headers.size(); ++i) {
    Json route = {{"match", {{"prefix", "/"}}}, {"direct_response", {{"status", 200}}}};
    const char* field = i % 2 == 0 ? "request_headers_to_add" : "response_headers_to_add";
    route[field] = {{{"header", {{"key", "x-format"}, {"value", headers[i]}}}}};
    routes.push_back(std::move(route));
  }
  Json manager = {
      {"@type", std::string(kExtensions) + "filters.network.http_connection_manager.v3.HttpConnectionManager"},
      {"stat_prefix", "format"},
      {"route_config", {{"virtual_hosts", {{{"name", "all"}, {"domains", {"*"}}, {"routes", routes}}}}}},
      {"http_filters",
       {{{"name", "router"},
         {"typed_config", {{"@type", std::string(kExtensions) + "filters.http.router.v3.Router"}}}}}}};
  for (const std::string& format : logs) {
    manager["access_log"].push_back({{"name", "file"},
                                     {"typed_config",
                                      {{"@type", std::string(kExtensions) + "access_loggers.file.v3.FileAccessLog"},
                                       {"path", "/dev/null"},
                                       {"log_format", {{"json_format", {{"value", format}}}}}}}});
  }
  return {{"name", "format"},
          {"address", {{"socket_address", {{"address", "127.0.0.1"}, {"port_value", 0}}}}},
          {"filter_chains", {{{"filters", {{{"name", "http"}, {"typed_config", manager}}}}}}}};
}

Verdict JudgeFormats(const std::vector<std::string>& headers, const std::vector<std::string>& logs) {
  return Judge(Json{{"static_resources", {{"listeners", {Listener(headers, logs)}}}}}.dump());
}

TEST(FormatsInEnvoy, WhatIsTakenIsTakenByEnvoy) {
  const std::vector<std::string> both(std::begin(ir::kGoodFormats), std::end(ir::kGoodFormats));
  std::vector<std::string> headers = both;
  // Each of them in a request's headers and in a response's.
  headers.insert(headers.end(), headers.rbegin(), headers.rend());
  const Verdict verdict = JudgeFormats(headers, both);
  EXPECT_EQ(verdict.status, 0) << verdict.output;
}

TEST(FormatsInEnvoy, WhatIsRefusedIsRefusedByEnvoy) {
  for (const auto format : ir::kBadFormats) {
    EXPECT_NE(JudgeFormats({std::string(format)}, {}).status, 0) << format;
  }
}

// Commands put together at random from pieces that mean something to Envoy.
std::string RandomFormat(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"%",
                                                   "%%",
                                                   "(",
                                                   ")",
                                                   ":",
                                                   "?",
                                                   "3",
                                                   "a",
                                                   "x-b",
                                                   ":path",
                                                   " ",
                                                   "%n",
                                                   "é",
                                                   "PLAIN",
                                                   "FIELD",
                                                   "ROUTE",
                                                   "START_TIME",
                                                   "DS_TX_END",
                                                   "ms",
                                                   "REQ",
                                                   "RESP",
                                                   "PATH",
                                                   "WQ",
                                                   "[\"a\", \"b\"]",
                                                   "%REQ(",
                                                   "%START_TIME(",
                                                   ")%",
                                                   "%PROTOCOL%",
                                                   "%FILTER_STATE(",
                                                   "%METADATA(ROUTE",
                                                   "%COMMON_DURATION(",
                                                   "%UPSTREAM_METADATA(",
                                                   "%DYNAMIC_METADATA(",
                                                   "%PER_REQUEST_STATE(",
                                                   "%GRPC_STATUS(",
                                                   "%XFCC_VALUE(uri"};
  std::string format;
  for (size_t left = 1 + random() % 8; left > 0; --left) format += kPieces[random() % kPieces.size()];
  return format;
}

TEST(FormatsInEnvoy, WhatIsTakenOfRandomOnesIsTakenByEnvoy) {
  std::mt19937 random(20);
  std::vector<std::string> headers, logs;
  for (int i = 0; i < 30000; ++i) {
    const std::string format = RandomFormat(random);
    if (format.find('%') == std::string::npos) continue;
    if (!ir::FormatProblem(format, FormatUse::kHeader)) headers.push_back(format);
    if (!ir::FormatProblem(format, FormatUse::kAccessLog)) logs.push_back(format);
  }
  EXPECT_GT(headers.size(), 1000u);
  EXPECT_GT(logs.size(), 1000u);
  const Verdict verdict = JudgeFormats(headers, logs);
  EXPECT_EQ(verdict.status, 0) << verdict.output;
}

}  // namespace
}  // namespace nuncio::envoy
