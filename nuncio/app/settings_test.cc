#include "nuncio/app/settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nuncio::app {
namespace {

store::Snapshot WithModule(const std::string& name, const std::string& config) {
  auto module = std::make_shared<resource::Module>();
  module->meta.name = name;
  module->meta.ns = "default";
  module->config = std::make_shared<const Json>(Json::parse(config));
  store::Snapshot snapshot;
  snapshot.modules.Put(module);
  return snapshot;
}

TEST(SettingsTest, AdminPortComesFromTheAmbassadorModule) {
  struct Case {
    const char* name;
    const char* config;
    uint16_t want;
  };
  for (const Case& c : {
           Case{"ambassador", R"({"admin_port": 9901})", 9901},
           Case{"ambassador", R"({})", 8001},
           Case{"tls", R"({"admin_port": 9901})", 8001},
           Case{"ambassador", R"({"admin_port": "9901"})", 8001},
           Case{"ambassador", R"({"admin_port": 0})", 8001},
           Case{"ambassador", R"({"admin_port": -1})", 8001},
           Case{"ambassador", R"({"admin_port": 65536})", 8001},
           Case{"ambassador", R"({"admin_port": 18446744073709551615})", 8001},
       }) {
    SCOPED_TRACE(std::string(c.name) + " " + c.config);
    EXPECT_EQ(SettingsOf(WithModule(c.name, c.config), "default").admin_port, c.want);
  }
}

TEST(SettingsTest, AnotherInstancesModuleIsNotRead) {
  EXPECT_EQ(SettingsOf(WithModule("ambassador", R"({"admin_port": 9901})"), "blue").admin_port, 8001);
}

TEST(SettingsTest, ALineSaysTheSameBackAndNothingElseIsTaken) {
  EXPECT_EQ(FromLine(ToLine({.admin_port = 9901})), Settings{.admin_port = 9901});
  for (const char* line : {"", "admin_port", "admin_port=", "admin_port=x", "admin_port=65536", "x=1"}) {
    EXPECT_EQ(FromLine(line), std::nullopt) << line;
  }
}

}  // namespace
}  // namespace nuncio::app
