#include "nuncio/xds/strings.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"

namespace nuncio::xds {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST(StringsInTest, FindsTheClustersOfRoutes) {
  ::envoy::config::route::v3::RouteConfiguration routes;
  auto& host = *routes.add_virtual_hosts();
  host.add_routes()->mutable_route()->set_cluster("plain");
  host.mutable_routes(0)->mutable_route()->add_request_mirror_policies()->set_cluster("mirror");
  host.add_routes()->mutable_route()->mutable_weighted_clusters()->add_clusters()->set_name("weighted");
  const std::set<std::string> strings = StringsIn(routes.SerializeAsString());
  for (const char* name : {"plain", "mirror", "weighted"}) EXPECT_THAT(strings, Contains(name));
}

TEST(StringsInTest, FindsWhatIsPackedWithinAListener) {
  ::envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager manager;
  manager.mutable_rds()->set_route_config_name("listener/routes");
  ::envoy::extensions::transport_sockets::tls::v3::DownstreamTlsContext tls;
  tls.mutable_common_tls_context()->add_tls_certificate_sds_secret_configs()->set_name("secret");
  ::envoy::config::listener::v3::Listener listener;
  auto& chain = *listener.add_filter_chains();
  chain.add_filters()->mutable_typed_config()->PackFrom(manager);
  chain.mutable_transport_socket()->mutable_typed_config()->PackFrom(tls);
  const std::set<std::string> strings = StringsIn(listener.SerializeAsString());
  for (const char* name : {"listener/routes", "secret"}) EXPECT_THAT(strings, Contains(name));
}

TEST(StringsInTest, WhatIsNoMessageHasNone) {
  EXPECT_THAT(StringsIn(""), IsEmpty());
  EXPECT_THAT(StringsIn("\xff\xff\xff"), IsEmpty());
}

TEST(StringsInTest, EndsWithAStringThatLooksLikeMessagesWithoutEnd) {
  std::string bytes = "end";
  for (int level = 0; level < 10'000; ++level) {
    google::protobuf::BytesValue outer;
    outer.set_value(bytes);
    bytes = outer.SerializeAsString();
  }
  const std::set<std::string> strings = StringsIn(bytes);
  EXPECT_GE(strings.size(), 30u);
  EXPECT_LE(strings.size(), 50u);
}

}  // namespace
}  // namespace nuncio::xds
