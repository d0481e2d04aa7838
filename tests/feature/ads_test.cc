// From manifests in a folder to resources on a client's stream, over the real gRPC server on a Unix socket.
#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "envoy/config/route/v3/route.pb.h"
#include "envoy/service/discovery/v3/ads.grpc.pb.h"
#include "nuncio/base/json.h"
#include "nuncio/base/log.h"
#include "nuncio/envoy/config.h"
#include "nuncio/files/directory.h"
#include "nuncio/pipeline/generation.h"
#include "nuncio/xds/cache.h"
#include "nuncio/xds/server.h"
#include "nuncio/xds/state.h"
#include "tests/temporary_folder.h"

namespace nuncio {
namespace {

using ::envoy::service::discovery::v3::AggregatedDiscoveryService;
using ::envoy::service::discovery::v3::DeltaDiscoveryRequest;
using ::envoy::service::discovery::v3::DeltaDiscoveryResponse;
using ::envoy::service::discovery::v3::DiscoveryRequest;
using ::envoy::service::discovery::v3::DiscoveryResponse;
using ::testing::ElementsAre;
using Type = envoy::ResourceType;

constexpr char kEdge[] = R"(
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http}
spec: {port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: v1
kind: Service
metadata: {name: quote}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: quote-1, labels: {kubernetes.io/service-name: quote}}
addressType: IPv4
ports: [{port: 9000}]
endpoints: [{addresses: [10.0.0.1]}]
---
apiVersion: getambassador.io/v3alpha1
kind: Module
metadata: {name: ambassador}
spec: {config: {liveness_probe: {enabled: false}, readiness_probe: {enabled: false}}}
)";

std::string Mapping(const std::string& prefix) {
  return "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: quote}\nspec: {hostname: '*', "
         "prefix: " +
         prefix + ", service: quote}\n";
}

// A folder, and the configuration that it comes to, served.
class AdsTest : public ::testing::Test {
 protected:
  AdsTest() : cache_([](const xds::Progress&) {}), directory_(folder_.path() / "manifests") {
    std::filesystem::create_directory(folder_.path() / "manifests");
    socket_ = (folder_.path() / "ads.sock").string();
    auto server = xds::Server::Start(cache_, socket_);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    Write("edge.yaml", kEdge);
  }

  void Write(const std::string& file, const std::string& text) {
    const auto path = folder_.path() / "manifests" / file;
    std::ofstream(path) << text;
    directory_.Refresh({{path}, true});
  }
  void Serve() {
    ++generation_;
    const auto generation = pipeline::Build(directory_.Snapshot(), {}, generation_);
    cache_.Set(generation->config, generation_);
  }
  std::unique_ptr<AggregatedDiscoveryService::Stub> Connect() {
    return AggregatedDiscoveryService::NewStub(
        grpc::CreateChannel("unix:" + socket_, grpc::InsecureChannelCredentials()));
  }

  TemporaryFolder folder_;
  xds::Cache cache_;
  files::ManifestDirectory directory_;
  std::string socket_;
  std::unique_ptr<xds::Server> server_;
  uint64_t generation_ = 0;
};

// What Envoy says and hears, in the order in which it needs things. Every answer is an acknowledgement.
class DeltaClient {
 public:
  explicit DeltaClient(AggregatedDiscoveryService::Stub& stub) : stream_(stub.DeltaAggregatedResources(&context_)) {}
  ~DeltaClient() {
    context_.TryCancel();
    stream_->Finish();
  }
  void Ask(Type type, const std::vector<std::string>& names, const std::map<std::string, std::string>& known = {}) {
    DeltaDiscoveryRequest request;
    request.set_type_url(std::string(envoy::TypeUrl(type)));
    for (const std::string& name : names) request.add_resource_names_subscribe(name);
    for (const auto& [name, version] : known) (*request.mutable_initial_resource_versions())[name] = version;
    stream_->Write(request);
  }
  DeltaDiscoveryResponse Next() {
    DeltaDiscoveryResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    DeltaDiscoveryRequest answer;
    answer.set_type_url(response.type_url());
    answer.set_response_nonce(response.nonce());
    stream_->Write(answer);
    return response;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<DeltaDiscoveryRequest, DeltaDiscoveryResponse>> stream_;
};

std::vector<std::string> PrefixesOf(const std::string& bytes) {
  ::envoy::config::route::v3::RouteConfiguration routes;
  EXPECT_TRUE(routes.ParseFromString(bytes));
  std::set<std::string> prefixes;
  for (const auto& host : routes.virtual_hosts()) {
    for (const auto& route : host.routes()) prefixes.insert(route.match().prefix());
  }
  return {prefixes.begin(), prefixes.end()};
}

// The name of the only route configuration of the configuration that is served.
std::string RoutesName(const files::ManifestDirectory& directory) {
  const auto generation = pipeline::Build(directory.Snapshot(), {}, 1);
  EXPECT_EQ(generation->config->of(Type::kRoutes).size(), 1U);
  return generation->config->of(Type::kRoutes).front()->name;
}

TEST_F(AdsTest, AnEditedMappingReachesADeltaClientAsOneRouteConfiguration) {
  Write("quote.yaml", Mapping("/before/"));
  const auto stub = Connect();
  DeltaClient client(*stub);
  client.Ask(Type::kCluster, {});
  client.Ask(Type::kListener, {});
  Serve();
  const DeltaDiscoveryResponse clusters = client.Next();
  ASSERT_EQ(clusters.type_url(), envoy::TypeUrl(Type::kCluster));
  ASSERT_EQ(clusters.resources_size(), 1);
  client.Ask(Type::kEndpoints, {clusters.resources(0).name()});
  EXPECT_EQ(client.Next().type_url(), envoy::TypeUrl(Type::kEndpoints));
  EXPECT_EQ(client.Next().type_url(), envoy::TypeUrl(Type::kListener));
  client.Ask(Type::kRoutes, {RoutesName(directory_)});
  const DeltaDiscoveryResponse before = client.Next();
  ASSERT_EQ(before.resources_size(), 1);
  EXPECT_THAT(PrefixesOf(before.resources(0).resource().value()), ElementsAre("/before/"));

  Write("quote.yaml", Mapping("/after/"));
  Serve();
  const DeltaDiscoveryResponse after = client.Next();
  ASSERT_EQ(after.type_url(), envoy::TypeUrl(Type::kRoutes));
  ASSERT_EQ(after.resources_size(), 1);
  EXPECT_THAT(PrefixesOf(after.resources(0).resource().value()), ElementsAre("/after/"));
  EXPECT_NE(after.resources(0).version(), before.resources(0).version());
}

TEST_F(AdsTest, AClientThatComesBackGetsNothingThatItHas) {
  Write("quote.yaml", Mapping("/quote/"));
  Serve();
  const auto config = pipeline::Build(directory_.Snapshot(), {}, 1)->config;
  const auto versions = [&](Type type) {
    std::map<std::string, std::string> known;
    for (const auto& resource : config->of(type)) known[resource->name] = resource->version;
    return known;
  };
  const auto names = [&](Type type) {
    std::vector<std::string> all;
    for (const auto& resource : config->of(type)) all.push_back(resource->name);
    return all;
  };
  const auto stub = Connect();
  DeltaClient client(*stub);
  client.Ask(Type::kCluster, {}, versions(Type::kCluster));
  client.Ask(Type::kEndpoints, names(Type::kEndpoints), versions(Type::kEndpoints));
  client.Ask(Type::kListener, {}, versions(Type::kListener));
  client.Ask(Type::kRoutes, names(Type::kRoutes), versions(Type::kRoutes));
  // The first thing that is said is what changed: the endpoints.
  Write("more.yaml", R"(
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: quote-2, labels: {kubernetes.io/service-name: quote}}
addressType: IPv4
ports: [{port: 9000}]
endpoints: [{addresses: [10.0.0.2]}]
)");
  Serve();
  const DeltaDiscoveryResponse first = client.Next();
  EXPECT_EQ(first.type_url(), envoy::TypeUrl(Type::kEndpoints));
  EXPECT_EQ(first.resources_size(), 1);
}

TEST_F(AdsTest, AStateOfTheWorldClientGetsTheSame) {
  Write("quote.yaml", Mapping("/before/"));
  Serve();
  const auto stub = Connect();
  grpc::ClientContext context;
  const auto stream = stub->StreamAggregatedResources(&context);
  const auto ask = [&](Type type, const std::vector<std::string>& names, const std::string& nonce = "") {
    DiscoveryRequest request;
    request.set_type_url(std::string(envoy::TypeUrl(type)));
    request.set_response_nonce(nonce);
    for (const std::string& name : names) request.add_resource_names(name);
    stream->Write(request);
  };
  const auto next = [&] {
    DiscoveryResponse response;
    EXPECT_TRUE(stream->Read(&response));
    return response;
  };
  ask(Type::kCluster, {});
  const DiscoveryResponse clusters = next();
  ASSERT_EQ(clusters.type_url(), envoy::TypeUrl(Type::kCluster));
  const auto config = pipeline::Build(directory_.Snapshot(), {}, 1)->config;
  const std::string cluster = config->of(Type::kCluster).front()->name;
  ask(Type::kCluster, {}, clusters.nonce());
  ask(Type::kEndpoints, {cluster});
  const DiscoveryResponse endpoints = next();
  ASSERT_EQ(endpoints.type_url(), envoy::TypeUrl(Type::kEndpoints));
  ask(Type::kEndpoints, {cluster}, endpoints.nonce());
  ask(Type::kListener, {});
  const DiscoveryResponse listeners = next();
  ASSERT_EQ(listeners.type_url(), envoy::TypeUrl(Type::kListener));
  ask(Type::kListener, {}, listeners.nonce());
  ask(Type::kRoutes, {RoutesName(directory_)});
  const DiscoveryResponse before = next();
  EXPECT_THAT(PrefixesOf(before.resources(0).value()), ElementsAre("/before/"));
  ask(Type::kRoutes, {RoutesName(directory_)}, before.nonce());

  Write("quote.yaml", Mapping("/after/"));
  Serve();
  const DiscoveryResponse after = next();
  ASSERT_EQ(after.type_url(), envoy::TypeUrl(Type::kRoutes));
  EXPECT_THAT(PrefixesOf(after.resources(0).value()), ElementsAre("/after/"));
  context.TryCancel();
  stream->Finish();
}

// Whoever changes the configuration wakes the streams without a lock; the server may end meanwhile.
TEST_F(AdsTest, AStreamMayBeWokenWhenItsServerIsGone) {
  Write("quote.yaml", Mapping("/quote/"));
  Serve();
  const auto stub = Connect();
  DeltaClient client(*stub);
  client.Ask(Type::kCluster, {});
  client.Next();
  std::set<std::shared_ptr<xds::Stream>> streams;
  {
    std::lock_guard lock(cache_.state().mutex);
    streams = cache_.state().streams;
  }
  ASSERT_EQ(streams.size(), 1u);
  server_.reset();
  Serve();
  (*streams.begin())->Wake();
  EXPECT_FALSE(cache_.progress().connected);
}

TEST_F(AdsTest, WhatGrpcSaysIsALineOfTheLog) {
  log::Configure({.json = true});
  testing::internal::CaptureStderr();
  gpr_log(GPR_ERROR, "something \"odd\"");
  log::Configure({});
  const std::string text = testing::internal::GetCapturedStderr();
  const Json line = Json::parse(text, nullptr, false);
  ASSERT_TRUE(line.is_object()) << text;
  EXPECT_EQ(line["msg"], "gRPC: something \"odd\"");
}

TEST_F(AdsTest, TheSocketIsItsOwnersAlone) {
  struct stat status {};
  ASSERT_EQ(stat(socket_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

}  // namespace
}  // namespace nuncio
