#include "nuncio/envoy/cluster.h"

#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "nuncio/envoy/test_json.h"

namespace nuncio::envoy {
namespace {

// What differs from one kind of discovery to the next.
nlohmann::json Discovery(decltype(ir::Upstream::discovery) discovery) {
  ir::Upstream upstream;
  upstream.id = {"a", "0"};
  upstream.discovery = std::move(discovery);
  const nlohmann::json made = JsonOf(MakeCluster(upstream));
  nlohmann::json json;
  for (const char* key : {"type", "eds_cluster_config", "load_assignment", "dns_lookup_family", "respect_dns_ttl"}) {
    if (made.contains(key)) json[key] = made[key];
  }
  return json;
}

TEST(MakeCluster, Discovery) {
  const struct {
    const char* name;
    decltype(ir::Upstream::discovery) input;
    const char* want;
  } cases[] = {
      // The name of the cluster, not that of the set: see endpoint.h.
      {"endpoints", ir::EndpointDiscovery{"set"},
       R"({"type": "EDS", "eds_cluster_config": {"service_name": "a-0",
           "eds_config": {"ads": {}, "resource_api_version": "V3"}}})"},
      {"DNS", ir::DnsDiscovery{"h", 80},
       R"({"type": "STRICT_DNS", "dns_lookup_family": "V4_ONLY",
           "load_assignment": {"cluster_name": "a-0", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "h", "port_value": 80}}}}]}]}})"},
      {"DNS, logical", ir::DnsDiscovery{"h", 80, true, true, ir::DnsFamily::kV6Only},
       R"({"type": "LOGICAL_DNS", "dns_lookup_family": "V6_ONLY", "respect_dns_ttl": true,
           "load_assignment": {"cluster_name": "a-0", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "h", "port_value": 80}}}}]}]}})"},
      {"address", ir::StaticDiscovery{"::1", 80},
       R"({"type": "STATIC", "load_assignment": {"cluster_name": "a-0", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "::1", "port_value": 80}}}}]}]}})"},
  };
  for (const auto& c : cases) EXPECT_EQ(Discovery(c.input), JsonOf(c.want)) << c.name;
}

TEST(MakeCluster, HealthCheckRangesIncludeTheirEnd) {
  ir::Upstream upstream;
  upstream.id = {"a", "0"};
  upstream.health_checks.resize(1);
  upstream.health_checks[0].probe = ir::HttpHealthCheck{"/", "", {}, {}, {{200, 204}}};
  EXPECT_EQ(JsonOf(MakeCluster(upstream))["health_checks"][0]["http_health_check"]["expected_statuses"][0],
            JsonOf(R"({"start": "200", "end": "205"})"));
}

}  // namespace
}  // namespace nuncio::envoy
