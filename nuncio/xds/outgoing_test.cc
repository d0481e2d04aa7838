#include "nuncio/xds/outgoing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/service/discovery/v3/discovery.pb.h"

namespace nuncio::xds {
namespace {

namespace v3 = ::envoy::service::discovery::v3;

constexpr char kType[] = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

envoy::ResourcePtr ResourceOf(const std::string& name, size_t bytes) {
  return std::make_shared<const envoy::Resource>(
      envoy::Resource{name, std::string(bytes, 'x'), "v-" + name, envoy::Origins()});
}

// Sizes around those at which a length takes a byte more, and at which bytes are handed over instead of copied.
const std::vector<size_t> kSizes = {0, 1, 127, 128, 4095, 4096, 16383, 16384, 3'000'000};

TEST(Outgoing, IsADeltaResponse) {
  v3::DeltaDiscoveryResponse want;
  want.set_type_url(kType);
  want.set_nonce("7");
  want.add_removed_resources("gone");
  Outgoing outgoing;
  outgoing.Append(want.SerializeAsString());
  for (const size_t size : kSizes) {
    const envoy::ResourcePtr resource = ResourceOf(std::to_string(size), size);
    v3::Resource wrapper;
    wrapper.set_name(resource->name);
    wrapper.set_version(resource->version);
    outgoing.AppendWrapped(want.kResourcesFieldNumber, wrapper.SerializeAsString(), wrapper.kResourceFieldNumber, kType,
                           resource);
    wrapper.mutable_resource()->set_type_url(kType);
    wrapper.mutable_resource()->set_value(resource->bytes);
    *want.add_resources() = wrapper;
  }
  v3::DeltaDiscoveryResponse got;
  ASSERT_TRUE(got.ParseFromString(outgoing.Join()));
  EXPECT_EQ(got.SerializeAsString(), want.SerializeAsString());
  EXPECT_EQ(outgoing.size(), outgoing.Join().size());
}

TEST(Outgoing, IsAResponseOfTheStateOfTheWorld) {
  v3::DiscoveryResponse want;
  want.set_version_info("1");
  Outgoing outgoing;
  outgoing.Append(want.SerializeAsString());
  for (const size_t size : kSizes) {
    const envoy::ResourcePtr resource = ResourceOf("r", size);
    outgoing.AppendAny(want.kResourcesFieldNumber, kType, resource);
    want.add_resources()->set_type_url(kType);
    want.mutable_resources(want.resources_size() - 1)->set_value(resource->bytes);
  }
  v3::DiscoveryResponse got;
  ASSERT_TRUE(got.ParseFromString(outgoing.Join()));
  EXPECT_EQ(got.SerializeAsString(), want.SerializeAsString());
}

TEST(Outgoing, LargeResourcesStayWhereTheyAre) {
  const envoy::ResourcePtr small = ResourceOf("s", 10), large = ResourceOf("l", 1'000'000);
  Outgoing outgoing;
  for (const auto& resource : {small, large, small, small}) outgoing.AppendAny(2, kType, resource);
  ASSERT_EQ(outgoing.pieces().size(), 2u);
  EXPECT_EQ(outgoing.pieces()[0].resource, large);
  EXPECT_EQ(outgoing.pieces()[1].resource, nullptr);
  EXPECT_LT(outgoing.pieces()[0].bytes.size() + outgoing.pieces()[1].bytes.size(), 1000u);
}

}  // namespace
}  // namespace nuncio::xds
