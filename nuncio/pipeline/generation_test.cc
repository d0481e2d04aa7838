#include "nuncio/pipeline/generation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "nuncio/base/text.h"
#include "nuncio/ir/dump.h"
#include "nuncio/store/store.h"
#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::pipeline {
namespace {

namespace emissary = translate::emissary;

// What a cluster might hold: a few names for each kind, so that objects meet, and specs of which some are wrong.
class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    for (const char* name : {"s", "t"}) certificates_.push_back(translate::TlsSecret(name));
    for (const char* name : {"s", "t"}) {
      certificates_.push_back(translate::TlsSecret(name, "default", MakePair()));
    }
  }

  // One object that appears, changes, changes nothing or disappears.
  void Change() {
    const std::string file = Cat("f", Pick(60));
    if (Pick(4) == 0) return store_.RemoveFile(file);
    std::vector<resource::Decoded> objects;
    for (size_t i = Pick(2) + 1; i > 0; --i) {
      const YamlStream stream = ReadYaml(Object());
      for (const YamlDocument& document : stream.documents) {
        for (resource::Decoded& object : resource::Decode(document, file)) objects.push_back(std::move(object));
      }
    }
    store_.PutFile(file, std::move(objects));
  }

  store::SnapshotPtr Snapshot() const { return store_.Snapshot(); }

 private:
  size_t Pick(size_t count) { return random_() % count; }
  std::string Pick(std::initializer_list<const char*> texts) { return *(texts.begin() + Pick(texts.size())); }

  std::string MappingSpec() {
    return Cat(
        "prefix: ", Pick({"/a", "/b", "/a/b", "/"}),
        ", service: ", Pick({"one", "two.other", "one:81", "https://one", "10.0.0.1", "a b", "missing"}),
        Pick({"", "", ", hostname: '*'", ", hostname: a.com", ", host: a.com", ", host: 'a.*', host_regex: true"}),
        Pick({"", "", "", ", weight: 30", ", shadow: true", ", precedence: 1", ", host_redirect: true"}),
        Pick({"", "", ", resolver: endpoint", ", tls: up", ", method: PUT", ", headers: {x: y}"}),
        Pick({"", "", "", ", regex_rewrite: {pattern: '(', substitution: a}", ", connect_timeout_ms: 5",
              ", add_request_headers: {x: {value: z}}", ", prefix_regex: true"}));
  }

  std::string Object() {
    const std::string name = Pick({"a", "b", "c", "d", "e"});
    const std::string ns = Pick({"default", "default", "other"});
    switch (Pick(12)) {
      case 0:
        return emissary::Emissary(
            "Host", name,
            Cat("hostname: '", Pick({"*", "a.com", "b.com", "*.com"}),
                "', requestPolicy: {insecure: {action: ", Pick({"Route", "Redirect", "Reject"}), "}}",
                Pick({"", "", ", tlsSecret: {name: s}", ", tlsSecret: {name: t}",
                      ", mappingSelector: {matchLabels: {x: red}}"})),
            ns);
      case 1:
        return emissary::Emissary("TLSContext", Pick({"up", "down"}),
                                  Pick({"secret: s", "secret: t, sni: x", "sni: y"}), ns);
      case 2:
        return certificates_[Pick(certificates_.size())];
      case 3:
        return emissary::Service(
            Pick({"one", "two"}),
            Pick({"ports: [{port: 80}]", "ports: [{port: 80}, {port: 81}]", "type: ExternalName, externalName: x.com"}),
            ns);
      case 4:
        return emissary::Slice(Pick({"one", "two"}), name,
                               Cat("ports: [{port: 80, name: ''}], endpoints: [{addresses: [10.0.0.", Pick(3), "]}]"),
                               ns);
      case 5:
        return emissary::Emissary(
            "Module", "ambassador",
            Cat("config: {",
                Pick({"", "resolver: endpoint", "use_ambassador_namespace_for_service_resolution: true",
                      "cluster_idle_timeout_ms: 9", "regex_max_size: 5"}),
                "}"));
      case 6:
        return emissary::Emissary("TCPMapping", name, Cat("port: 9", Pick(3), ", service: ", Pick({"one", "two"})), ns);
      case 7:
        return emissary::Emissary("Listener", name,
                                  Cat("port: 8", Pick(3), ", protocol: ", Pick({"HTTP", "HTTPS"}), ", securityModel: ",
                                      Pick({"XFP", "SECURE", "INSECURE"}), ", hostBinding: {namespace: {from: ALL}}"),
                                  ns);
      default: {
        std::string mapping = emissary::Mapping(name, MappingSpec(), ns);
        if (Pick(3) == 0) mapping.insert(mapping.find("namespace: "), "labels: {x: red}, ");
        return mapping;
      }
    }
  }

  std::mt19937 random_;
  store::Store store_;
  std::vector<std::string> certificates_;
};

// The definition of correct is a build that remembers nothing.
void ExpectSame(const Generation& kept, const Generation& cold) {
  EXPECT_EQ(ir::ToJson(*kept.model), ir::ToJson(*cold.model));
  EXPECT_EQ(kept.findings, cold.findings);
  for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
    const auto& a = kept.config->of(type);
    const auto& b = cold.config->of(type);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(*a[i], *b[i]) << a[i]->name;
  }
}

TEST(Pipeline, RemembersNothingThatCounts) {
  for (const bool cluster_dns : {false, true}) {
    World world(cluster_dns ? 1 : 2);
    translate::Options options;
    options.cluster_dns = cluster_dns;
    Pipeline pipeline;
    size_t served = 0, wrong = 0;
    for (uint64_t step = 1; step <= 300; ++step) {
      for (size_t i = step % 3; i < 3; ++i) world.Change();
      const store::SnapshotPtr snapshot = world.Snapshot();
      const GenerationPtr kept = pipeline.Build(snapshot, options, step);
      ExpectSame(*kept, *Build(snapshot, options, step));
      if (testing::Test::HasFailure()) FAIL() << "at step " << step;
      served += kept->config->of(envoy::ResourceType::kRoutes).size();
      wrong += kept->findings.size();
    }
    // The world is neither empty nor all wrong.
    EXPECT_GT(served, 300u);
    EXPECT_GT(wrong, 300u);
  }
}

// What is remembered is what the last generation holds: a configuration that changes for months takes no more memory.
TEST(Pipeline, ForgetsWhatIsGone) {
  World world(3);
  Pipeline pipeline;
  std::vector<std::weak_ptr<const void>> old;
  GenerationPtr last;
  const auto for_each = [](const Generation& generation, const auto& visit) {
    for (const auto& upstream : generation.model->upstreams) visit(upstream);
    for (const auto& set : generation.model->endpoint_sets) visit(set);
    for (const auto& secret : generation.model->secrets) visit(secret);
    for (const ir::Listener& listener : generation.model->listeners) {
      for (const ir::FilterChain& chain : listener.chains) {
        const auto* http = std::get_if<ir::HttpService>(&chain.service);
        if (http == nullptr) continue;
        for (const auto& host : http->routes.virtual_hosts) visit(host);
      }
    }
    for (const auto& mapping : generation.snapshot->mappings) visit(mapping);
    for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
      for (const auto& resource : generation.config->of(type)) visit(resource);
    }
  };
  for (uint64_t step = 1; step <= 200; ++step) {
    world.Change();
    last = pipeline.Build(world.Snapshot(), {}, step);
    for_each(*last, [&](const auto& object) { old.push_back(std::weak_ptr<const void>(object)); });
  }
  std::set<const void*> held;
  for_each(*last, [&](const auto& object) { held.insert(object.get()); });
  std::set<const void*> kept;
  for (const auto& object : old) {
    if (const auto alive = object.lock(); alive != nullptr && !held.contains(alive.get())) kept.insert(alive.get());
  }
  // What a Mapping leads to that no request reaches is remembered, though the model has left it out.
  EXPECT_LT(kept.size(), held.size() / 4) << "beside the " << held.size() << " that are there";
}

// What did not change is the same object, so that whoever made something of it need not look at it.
TEST(Pipeline, KeepsWhatDidNotChange) {
  const std::string manifests =
      emissary::Emissary("Listener", "l",
                         "port: 80, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}") +
      emissary::Emissary("Host", "h", "hostname: '*'");
  store::Store store;
  const auto put = [&](const std::string& file, const std::string& text) {
    std::vector<resource::Decoded> objects;
    for (const YamlDocument& document : ReadYaml(text).documents) {
      for (resource::Decoded& object : resource::Decode(document, file)) objects.push_back(std::move(object));
    }
    store.PutFile(file, std::move(objects));
  };
  put("common", manifests);
  put("a", emissary::Mapping("a", "hostname: '*', prefix: /a, service: x.com"));
  put("b", emissary::Mapping("b", "hostname: '*', prefix: /b, service: x.com"));
  Pipeline pipeline;
  const GenerationPtr before = pipeline.Build(store.Snapshot(), {}, 1);
  put("b", emissary::Mapping("b", "hostname: '*', prefix: /b, rewrite: /z, service: x.com"));
  const GenerationPtr after = pipeline.Build(store.Snapshot(), {}, 2);
  const auto routes = [](const Generation& generation) {
    return std::get<ir::HttpService>(generation.model->listeners.at(0).chains.at(0).service)
        .routes.virtual_hosts[0]
        ->routes;
  };
  size_t same = 0;
  ASSERT_EQ(routes(*before).size(), routes(*after).size());
  for (size_t i = 0; i < routes(*before).size(); ++i) same += routes(*before)[i] == routes(*after)[i] ? 1 : 0;
  EXPECT_EQ(routes(*before).size() - same, 2u);  // over TLS, and the redirect in cleartext
  EXPECT_EQ(before->model->upstreams, after->model->upstreams);
  EXPECT_EQ(before->config->of(envoy::ResourceType::kCluster), after->config->of(envoy::ResourceType::kCluster));
}

}  // namespace
}  // namespace nuncio::pipeline
