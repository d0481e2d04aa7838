#include "nuncio/envoy/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "nuncio/envoy/render.h"
#include "nuncio/envoy/test_model.h"
#include "nuncio/ir/finding_code.h"

namespace nuncio::envoy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Names(const Generated& generated, ResourceType type) {
  std::vector<std::string> names;
  for (const auto& resource : generated.config->of(type)) names.push_back(resource->name);
  return names;
}

// Replaces what the pointer points to by a copy that may be changed.
template <typename T>
T& Edit(std::shared_ptr<const T>& pointer) {
  auto copy = std::make_shared<T>(*pointer);
  pointer = copy;
  return *copy;
}

// The virtual hosts of the listener's first chain become what `edit` makes of them.
void EditHosts(ir::Model& model, size_t listener, const std::function<void(std::vector<ir::VirtualHostPtr>&)>& edit) {
  auto& hosts = std::get<ir::HttpService>(model.listeners[listener].chains[0].service).routes.virtual_hosts;
  std::vector<ir::VirtualHostPtr> list(hosts.begin(), hosts.end());
  edit(list);
  hosts = std::move(list);
}

// The first of them; its copy in the model may be changed.
ir::VirtualHost& EditHost(ir::Model& model, size_t listener) {
  ir::VirtualHost* host = nullptr;
  EditHosts(model, listener, [&](auto& hosts) { host = &Edit(hosts[0]); });
  return *host;
}

ir::Route& Edit(ir::Model& model, size_t listener, size_t route) {
  ir::RoutePtr& pointer = EditHost(model, listener).routes[route];
  auto copy = std::make_shared<ir::Route>(*pointer);
  pointer = copy;
  return *copy;
}

TEST(Generate, NamesEveryResource) {
  const Generated generated = Generate(RichModel());
  EXPECT_THAT(Names(generated, ResourceType::kSecret), ElementsAre("certificate", "trust"));
  EXPECT_THAT(Names(generated, ResourceType::kCluster), ElementsAre("dns-0", "eds-0", "grpc-0", "static-0"));
  // One for each cluster, though both share a set.
  EXPECT_THAT(Names(generated, ResourceType::kEndpoints), ElementsAre("eds-0", "grpc-0"));
  EXPECT_THAT(Names(generated, ResourceType::kListener), ElementsAre("main", "main-quic"));
  EXPECT_THAT(Names(generated, ResourceType::kRoutes), ElementsAre("main-quic/secure", "main/clear", "main/secure"));
  for (const ResourceType type : kAllResourceTypes) {
    for (const auto& resource : generated.config->of(type)) {
      const std::vector<ir::Origin> origins = resource->origins.List();
      EXPECT_FALSE(origins.empty()) << resource->name;
      EXPECT_TRUE(std::is_sorted(origins.begin(), origins.end())) << resource->name;
    }
  }
}

TEST(Generate, EqualModelsGiveEqualBytes) {
  const Generated first = Generate(RichModel());
  const Generated second = Generate(RichModel());
  for (const ResourceType type : kAllResourceTypes) {
    ASSERT_EQ(first.config->of(type).size(), second.config->of(type).size());
    for (size_t i = 0; i < first.config->of(type).size(); ++i) {
      EXPECT_EQ(*first.config->of(type)[i], *second.config->of(type)[i]);
    }
  }
}

TEST(Generate, EndpointsTouchNothingElse) {
  ir::Model changed = RichModel();
  Edit(changed.endpoint_sets[0]).endpoints.pop_back();
  const Generated before = Generate(RichModel());
  const Generated after = Generate(changed);
  for (const ResourceType type : kAllResourceTypes) {
    for (size_t i = 0; i < before.config->of(type).size(); ++i) {
      const bool same = before.config->of(type)[i]->version == after.config->of(type)[i]->version;
      EXPECT_EQ(same, type != ResourceType::kEndpoints) << before.config->of(type)[i]->name;
    }
  }
}

// What is refused: the smallest unit goes, its object is told, the rest is as it was.
TEST(Generate, LeavesOutWhatEnvoyWouldRefuse) {
  const struct {
    const char* name;
    std::function<void(ir::Model&)> spoil;
    const char* object;  // of the first finding
    const char* message;
    size_t clusters, listeners, routes;
  } cases[] = {
      {"nothing", [](auto&) {}, "", "", 4, 2, 3},
      {"bad regex", [](auto& m) { Edit(m, 0, 0).match.path.value = "/("; }, "", "must be an RE2 expression", 4, 2, 3},
      {"large regex", [](auto& m) { Edit(m, 0, 0).match.path.value = "/(abc|def){1,200}"; }, "", "is too complex", 4, 2,
       3},
      {"line break",
       [](auto& m) { std::get<ir::Forward>(Edit(m, 0, 1).action).host_rewrite = ir::HostRewriteLiteral{"a\nb"}; },
       "/all", "host_rewrite_literal must not hold a line break", 4, 2, 3},
      {"substitution",
       [](auto& m) {
         std::get<ir::Forward>(Edit(m, 0, 1).action).path_rewrite = ir::RegexRewrite{"a", "\\1"};
       },
       "/all", "substitution does not fit", 4, 2, 3},
      {"host header",
       [](auto& m) {
         Edit(m, 0, 2).request_headers.Edit().add = {{"Host", "x", true}};
       },
       "/element", "must not be Host", 4, 2, 3},
      {"upgrade twice",
       [](auto& m) {
         std::get<ir::Forward>(Edit(m, 0, 1).action).upgrades = {"a", "A"};
       },
       "/all", "twice", 4, 2, 3},
      {"redirect status", [](auto& m) { std::get<ir::Redirect>(Edit(m, 0, 4).action).status = 418; }, "/secure",
       "response_code is not one of", 4, 2, 3},
      {"large body", [](auto& m) { std::get<ir::DirectResponse>(Edit(m, 0, 7).action).body.assign(5000, 'x'); },
       "/gone", "at most 4096 bytes", 4, 2, 3},
      {"listener address", [](auto& m) { m.listeners[1].address = "everywhere"; }, "quic",
       "must be an IPv4 or IPv6 address", 4, 1, 2},
      {"same address", [](auto& m) { m.listeners[1].transport = ir::Listener::Transport::kTcp; }, "quic",
       "must not be that of another listener", 4, 1, 2},
      {"same match", [](auto& m) { m.listeners[0].chains[2].server_names = {"EXAMPLE.com"}; }, "db",
       "must not match example.com", 4, 2, 3},
      {"server name", [](auto& m) { m.listeners[0].chains[2].server_names = {"*db.com"}; }, "db", "full names", 4, 2,
       3},
      {"address range",
       [](auto& m) {
         m.listeners[1].http.addresses = ir::AddressPolicy{false, {{"10.0.0.0", 33, true}}};
       },
       "secure", "must hold ranges", 4, 1, 2},
      {"gzip level", [](auto& m) { m.listeners[1].http.gzip = ir::Gzip{{}, {}, "MOST", {}, {}, {}, {}, {}}; }, "secure",
       "compression_level is not one of", 4, 1, 2},
  };
  for (const auto& c : cases) {
    ir::Model model = RichModel();
    c.spoil(model);
    const Generated generated = Generate(model);
    EXPECT_EQ(Names(generated, ResourceType::kCluster).size(), c.clusters) << c.name;
    EXPECT_EQ(Names(generated, ResourceType::kListener).size(), c.listeners) << c.name;
    EXPECT_EQ(Names(generated, ResourceType::kRoutes).size(), c.routes) << c.name;
    if (*c.message == 0) {
      EXPECT_TRUE(generated.findings.empty()) << c.name;
      continue;
    }
    ASSERT_FALSE(generated.findings.empty()) << c.name;
    EXPECT_EQ(generated.findings[0].code, code::kEnvoyInvalid) << c.name;
    EXPECT_THAT(generated.findings[0].message, HasSubstr(c.message)) << c.name;
    if (*c.object != 0) {
      EXPECT_EQ(generated.findings[0].object.name, c.object) << c.name;
    }
  }
}

TEST(Generate, OneBadRouteAmongGoodOnes) {
  ir::Model model = RichModel();
  Edit(model, 0, 0).match.path.value = "/(";
  const auto before = ToJson(*Generate(RichModel()).config);
  const auto after = ToJson(*Generate(model).config);
  auto want = before;
  want["routes"][1]["virtual_hosts"][0]["routes"].erase(0);
  EXPECT_EQ(after, want);
}

TEST(Generate, ARefusedSecretTakesWhatNeedsIt) {
  ir::Model model = RichModel();
  std::get<ir::TrustMaterial>(Edit(model.secrets[1]).material) = {{}, ir::PemSource{"crl", ""}};
  const Generated generated = Generate(model);
  EXPECT_THAT(Names(generated, ResourceType::kSecret), ElementsAre("certificate"));
  // The upstream that would not be verified, the hosts whose clients would not be, and the routes to the upstream.
  EXPECT_THAT(Names(generated, ResourceType::kCluster), ElementsAre("eds-0", "grpc-0", "static-0"));
  EXPECT_THAT(Names(generated, ResourceType::kRoutes), ElementsAre("main-quic/secure", "main/clear"));
  EXPECT_EQ(ToJson(*generated.config)["routes"][1]["virtual_hosts"][0]["routes"].size(), 7u);
}

TEST(Generate, ADomainStandsOnce) {
  ir::Model model = RichModel();
  EditHosts(model, 0, [](auto& hosts) {
    hosts.push_back(hosts[0]);
    Edit(hosts[1]).name = "other";
    Edit(hosts[1]).domains = {"EXAMPLE.com", "other.example.com"};
  });
  const Generated generated = Generate(model);
  const auto json = ToJson(*generated.config);
  EXPECT_EQ(json["routes"][1]["virtual_hosts"][1]["domains"], nlohmann::json({"other.example.com"}));
  ASSERT_EQ(generated.findings.size(), 1u);
  EXPECT_THAT(generated.findings[0].message, HasSubstr("EXAMPLE.com"));
}

// What was made of an object must not keep it: a model that changes again and again costs no more than one.
TEST(Generator, ForgetsWhatIsGone) {
  Generator generator;
  std::vector<std::weak_ptr<const void>> old;
  for (int i = 0; i < 3; ++i) {
    ir::Model model = RichModel();
    if (i < 2) {
      for (const auto& upstream : model.upstreams) old.push_back(upstream);
      for (const auto& set : model.endpoint_sets) old.push_back(set);
      for (const auto& secret : model.secrets) old.push_back(secret);
      EditHosts(model, 0, [&](auto& hosts) {
        for (const auto& host : hosts) old.push_back(host);
        for (const auto& route : hosts[0]->routes) old.push_back(route);
      });
    }
    generator.Generate(model);
  }
  size_t kept = 0;
  for (const auto& object : old) kept += object.expired() ? 0 : 1;
  EXPECT_EQ(kept, 0u) << "of " << old.size();
}

TEST(Generate, HidesPrivateKeys) {
  const std::string text = ToJson(*Generate(RichModel()).config).dump();
  EXPECT_THAT(text, HasSubstr("[redacted]"));
  const auto bootstrap = ToStaticBootstrap(*Generate(RichModel()).config);
  const std::string key = bootstrap["static_resources"]["secrets"][0]["tls_certificate"]["private_key"]["inline_bytes"];
  EXPECT_GT(key.size(), 100u);
  EXPECT_EQ(text.find(key), std::string::npos);
}

// 10,000 routes in one table: none is lost. What it takes is measured in `make bench`.
TEST(Generate, ManyRoutes) {
  ir::Model model = RichModel();
  auto& routes = EditHost(model, 0).routes;
  const ir::Route like = *routes[1];
  for (int i = 0; i < 10000; ++i) {
    auto route = std::make_shared<ir::Route>(like);
    route->match.path.value = "/service-" + std::to_string(i) + "/";
    std::get<ir::Forward>(route->action).path_rewrite = ir::PrefixRewrite{"/"};
    ir::Origin origin = *route->origins[0];
    origin.name = "m" + std::to_string(i);
    route->origins = {origin};
    routes.push_back(route);
  }
  const Generated generated = Generate(model);
  EXPECT_TRUE(generated.findings.empty());
  size_t served = 0;
  for (const ResourcePtr& table : generated.config->of(ResourceType::kRoutes)) {
    for (size_t at = 0; (at = table->bytes.find("/service-", at)) != std::string::npos; ++at) ++served;
  }
  EXPECT_EQ(served, 10000U);
}

}  // namespace
}  // namespace nuncio::envoy
