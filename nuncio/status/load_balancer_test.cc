#include "nuncio/status/load_balancer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nuncio::status {
namespace {

TEST(LoadBalancer, AddressesOfAService) {
  const Json status = Json::parse(R"({"loadBalancer": {"ingress": [
    {"hostname": "lb.example.com"}, {"ip": "203.0.113.7", "ipMode": "VIP", "ports": [{"port": 80, "protocol": "TCP"}]},
    {"ip": "2001:db8::7", "hostname": "six.example.com"}, {"ip": "203.0.113.7"}]}})");
  const LoadBalancerAddresses want = {{"", "lb.example.com"}, {"2001:db8::7", "six.example.com"}, {"203.0.113.7", ""}};
  EXPECT_EQ(AddressesOf(status), want);
}

TEST(LoadBalancer, TheOrderOfTheProviderIsNoNews) {
  const auto of = [](const char* ingress) {
    return AddressesOf({{"loadBalancer", {{"ingress", Json::parse(ingress)}}}});
  };
  EXPECT_EQ(of(R"([{"ip": "203.0.113.7"}, {"ip": "203.0.113.8"}])"),
            of(R"([{"ip": "203.0.113.8"}, {"ip": "203.0.113.7"}])"));
}

TEST(LoadBalancer, AnythingMayStandThere) {
  for (const char* status :
       {"null", "[]", "{}", R"({"loadBalancer": null})", R"({"loadBalancer": {"ingress": {}}})",
        R"({"loadBalancer": {"ingress": [null, 5, {}, {"ip": 7}, {"ip": ""}]}})", R"({"loadBalancer": []})"}) {
    EXPECT_TRUE(AddressesOf(Json::parse(status)).empty()) << status;
  }
}

TEST(LoadBalancer, AsTheStatusOfAnIngressHasIt) {
  const Json want = Json::parse(R"({"ingress": [{"hostname": "lb.example.com"}, {"ip": "203.0.113.7"}]})");
  EXPECT_EQ(LoadBalancerOf({{"", "lb.example.com"}, {"203.0.113.7", ""}}), want);
  EXPECT_EQ(LoadBalancerOf({}), Json::object());
  EXPECT_EQ(AddressesOf({{"loadBalancer", want}}),
            AddressesOf({{"loadBalancer", LoadBalancerOf(AddressesOf({{"loadBalancer", want}}))}}));
}

}  // namespace
}  // namespace nuncio::status
