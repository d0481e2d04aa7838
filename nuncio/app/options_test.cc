#include "nuncio/app/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace nuncio::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Read {
  RunOptions options;
  std::vector<std::string> complaints;
};

Read From(const std::map<std::string, std::string>& variables) {
  Read read;
  read.options = OptionsFromEnvironment(
      [&](const std::string& name) -> std::optional<std::string> {
        const auto at = variables.find(name);
        if (at == variables.end()) return std::nullopt;
        return at->second;
      },
      read.complaints);
  return read;
}

TEST(OptionsTest, AnEmptyEnvironmentGivesTheDocumentedDefaults) {
  const auto [options, complaints] = From({});
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_EQ(options.health.address, "0.0.0.0");
  EXPECT_EQ(options.health.family, diag::IpFamily::kAny);
  EXPECT_EQ(options.health.port, 8877);
  EXPECT_EQ(options.envoy_drain_time, std::chrono::seconds(600));
  EXPECT_FALSE(options.admin_port.has_value());
  EXPECT_FALSE(options.envoy_concurrency.has_value());
  EXPECT_EQ(options.log.least, log::Level::kInfo);
  EXPECT_FALSE(options.log.json);
  EXPECT_EQ(options.node_cluster, "ambassador-default");
  EXPECT_EQ(options.translate.ambassador_id, "default");
  EXPECT_TRUE(options.translate.strict_label_selectors);
  EXPECT_TRUE(options.translate.endpoints_enabled);
}

TEST(OptionsTest, TextAndNumbersAreTaken) {
  const auto [options, complaints] = From({{"AMBASSADOR_ID", "blue"},
                                           {"AMBASSADOR_NAMESPACE", "edge"},
                                           {"AMBASSADOR_ENVOY_BIND_ADDRESS", "127.0.0.1"},
                                           {"AMBASSADOR_HEALTHCHECK_BIND_ADDRESS", "::"},
                                           {"AMBASSADOR_HEALTHCHECK_IP_FAMILY", "ipv6_only"},
                                           {"AMBASSADOR_HEALTHCHECK_BIND_PORT", "0"},
                                           {"AMBASSADOR_DRAIN_TIME", "30"},
                                           {"ENVOY_CONCURRENCY", "2"},
                                           {"AMBASSADOR_ENVOY_BASE_ID", "7"},
                                           {"AES_LOG_LEVEL", "Warn"},
                                           {"AMBASSADOR_JSON_LOGGING", "true"},
                                           {"AMBASSADOR_DEBUG", "diagd envoy"}});
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_EQ(options.translate.ambassador_id, "blue");
  EXPECT_EQ(options.translate.ambassador_namespace, "edge");
  EXPECT_EQ(options.translate.bind_address, "127.0.0.1");
  EXPECT_EQ(options.node_cluster, "blue-edge");
  EXPECT_EQ(options.health.address, "::");
  EXPECT_EQ(options.health.family, diag::IpFamily::kIpv6Only);
  EXPECT_EQ(options.health.port, 0);
  EXPECT_EQ(options.envoy_drain_time, std::chrono::seconds(30));
  EXPECT_EQ(options.envoy_concurrency, 2u);
  EXPECT_EQ(options.envoy_base_id, 7u);
  EXPECT_EQ(options.envoy_log_level, "trace");
  EXPECT_EQ(options.log.least, log::Level::kWarning);
  EXPECT_TRUE(options.log.json);
}

TEST(OptionsTest, EachVariableHasItsOwnTruth) {
  struct Case {
    const char* name;
    const char* value;
    bool strict;
    bool endpoints;
  };
  for (const Case& c : {
           Case{"DISABLE_STRICT_LABEL_SELECTORS", "true", false, true},
           Case{"DISABLE_STRICT_LABEL_SELECTORS", "Yes", false, true},
           Case{"DISABLE_STRICT_LABEL_SELECTORS", "false", true, true},
           Case{"DISABLE_STRICT_LABEL_SELECTORS", "", true, true},
           Case{"AMBASSADOR_DISABLE_ENDPOINTS", "true", true, false},
           Case{"AMBASSADOR_DISABLE_ENDPOINTS", "false", true, false},
           Case{"AMBASSADOR_DISABLE_ENDPOINTS", "", true, true},
       }) {
    SCOPED_TRACE(std::string(c.name) + "=" + c.value);
    const auto [options, complaints] = From({{c.name, c.value}});
    EXPECT_EQ(options.translate.strict_label_selectors, c.strict);
    EXPECT_EQ(options.translate.endpoints_enabled, c.endpoints);
  }
}

TEST(OptionsTest, WhatCannotBeReadIsNamedAndLeavesTheDefault) {
  struct Case {
    const char* name;
    const char* value;
  };
  for (const Case& c : {
           Case{"AMBASSADOR_HEALTHCHECK_BIND_PORT", "65536"},
           Case{"AMBASSADOR_HEALTHCHECK_BIND_PORT", "-1"},
           Case{"AMBASSADOR_HEALTHCHECK_IP_FAMILY", "IPV5"},
           Case{"AES_LOG_LEVEL", "loud"},
           Case{"AMBASSADOR_DRAIN_TIME", "5s"},
           Case{"ENVOY_CONCURRENCY", "0"},
           Case{"AMBASSADOR_ENVOY_BASE_ID", "one"},
       }) {
    SCOPED_TRACE(c.name);
    const auto [options, complaints] = From({{c.name, c.value}});
    EXPECT_THAT(complaints, ElementsAre(HasSubstr(std::string(c.name) + "=" + c.value)));
    EXPECT_EQ(options.health.port, 8877);
    EXPECT_EQ(options.envoy_drain_time, std::chrono::seconds(600));
    EXPECT_FALSE(options.envoy_concurrency.has_value());
    EXPECT_FALSE(options.envoy_base_id.has_value());
  }
}

}  // namespace
}  // namespace nuncio::app
