#include "nuncio/envoy/names.h"

#include <gtest/gtest.h>

#include <set>

namespace nuncio::envoy {
namespace {

TEST(Names, AreReadable) {
  EXPECT_EQ(ClusterName({"cluster_quote_default", "0123456789abcdef"}), "cluster_quote_default-0123456789abcdef");
  ir::Listener listener;
  listener.name = "http.emissary";
  EXPECT_EQ(RouteConfigurationName(listener, {"httphost-shared", {}}), "http.emissary/httphost-shared");
}

TEST(Names, AreInjective) {
  const std::vector<std::string> parts = {"",    "a",   "-",   "/",     "%",  "a-b", "b-c",
                                          "a/b", "%2D", "%2F", "%252D", "a-", "-a"};
  std::set<std::string> clusters, routes;
  for (const std::string& left : parts) {
    for (const std::string& right : parts) {
      EXPECT_TRUE(clusters.insert(ClusterName({left, right})).second) << left << " " << right;
      ir::Listener listener;
      listener.name = left;
      EXPECT_TRUE(routes.insert(RouteConfigurationName(listener, {right, {}})).second) << left << " " << right;
    }
  }
}

}  // namespace
}  // namespace nuncio::envoy
