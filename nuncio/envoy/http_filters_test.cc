#include "nuncio/envoy/http_filters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "nuncio/envoy/test_json.h"

namespace nuncio::envoy {
namespace {

using testing::ElementsAre;

std::vector<std::string> Names(const ir::HttpSettings& settings) {
  std::vector<std::string> names;
  for (const auto& filter : MakeHttpFilters(settings)) names.push_back(filter.name());
  return names;
}

TEST(MakeHttpFilters, Order) {
  ir::HttpSettings settings;
  EXPECT_THAT(Names(settings), ElementsAre("envoy.filters.http.cors", "envoy.filters.http.router"));
  settings.grpc_http11_bridge = settings.grpc_web = true;
  settings.grpc_stats.emplace();
  settings.lua = "-- nothing";
  settings.gzip.emplace();
  settings.buffer_max_request_bytes = 1;
  settings.addresses.emplace();
  EXPECT_THAT(Names(settings),
              ElementsAre("envoy.filters.http.grpc_http1_bridge", "envoy.filters.http.grpc_web",
                          "envoy.filters.http.grpc_stats", "envoy.filters.http.lua", "envoy.filters.http.compressor",
                          "envoy.filters.http.buffer", "envoy.filters.http.rbac", "envoy.filters.http.cors",
                          "envoy.filters.http.router"));
}

TEST(MakeHttpFilters, Addresses) {
  const struct {
    const char* name;
    ir::AddressPolicy input;
    const char* want;
  } cases[] = {
      {"allow",
       {true, {{"10.0.0.0", 8, true}}},
       R"({"policies": {"addresses": {"permissions": [{"any": true}],
           "principals": [{"direct_remote_ip": {"address_prefix": "10.0.0.0", "prefix_len": 8}}]}}})"},
      {"deny",
       {false, {{"::1", 128, false}}},
       R"({"action": "DENY", "policies": {"addresses": {"permissions": [{"any": true}],
           "principals": [{"remote_ip": {"address_prefix": "::1", "prefix_len": 128}}]}}})"},
      // No policy matches, so that "allow" lets nobody in.
      {"allow nobody", {true, {}}, "{}"},
  };
  for (const auto& c : cases) {
    ir::HttpSettings settings;
    settings.addresses = c.input;
    EXPECT_EQ(JsonOf(MakeHttpFilters(settings).front())["typed_config"]["rules"], JsonOf(c.want)) << c.name;
  }
}

}  // namespace
}  // namespace nuncio::envoy
