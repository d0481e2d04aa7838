#include "nuncio/kube/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DiscoveryTest : public ::testing::Test {
 protected:
  FakeLoop world_;
  std::optional<absl::StatusOr<ServedKinds>> result_;
  Discovery discovery_{world_, [this](absl::StatusOr<ServedKinds> served) { result_ = std::move(served); }};
};

TEST_F(DiscoveryTest, AggregatedInTwoRequests) {
  discovery_.Check();
  EXPECT_THAT(world_.Only().accept, HasSubstr("v=v2;as=APIGroupDiscoveryList"));
  world_.Answer(200,
                R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[
    {"resource":"services","responseKind":{"kind":"Service"},"scope":"Namespaced","verbs":["list","watch"]},
    {"resource":"pods","responseKind":{"kind":"Pod"},"scope":"Namespaced","verbs":["list","watch"]},
    {"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster","verbs":["list","watch"]},
    {"resource":"secrets","responseKind":{"kind":"Secret"},"scope":"Namespaced","verbs":["get"]}]}]}]})");
  EXPECT_EQ(world_.Only().path, "/apis");
  world_.Answer(200, R"({"kind":"APIGroupDiscoveryList","items":[
    {"metadata":{"name":"getambassador.io"},"versions":[
      {"version":"v2","resources":[
        {"resource":"mappings","responseKind":{"kind":"Mapping"},"scope":"Namespaced","verbs":["list","watch"]},
        {"resource":"hosts","responseKind":{"kind":"Host"},"scope":"Namespaced","verbs":["list","watch"]}]},
      {"version":"v3alpha1","resources":[
        {"resource":"mappings","responseKind":{"kind":"Mapping"},"scope":"Namespaced","verbs":["list","watch"]}]}]},
    {"metadata":{"name":"gateway.networking.k8s.io"},"versions":[
      {"version":"v1","resources":[
        {"resource":"httproutes","responseKind":{"kind":"HTTPRoute"},"scope":"Namespaced","verbs":["list","watch"]}]},
      {"version":"v1beta1","resources":[
        {"resource":"httproutes","responseKind":{"kind":"HTTPRoute"},"scope":"Namespaced","verbs":["list","watch"]}]}]},
    {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale","resources":[]}]}]})");
  ASSERT_TRUE(result_.has_value());
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_THAT((*result_)->kinds,
              ElementsAre(ServedKind{"", "Service", "v1", "services", true},
                          ServedKind{"", "Namespace", "v1", "namespaces", false},
                          ServedKind{"getambassador.io", "Mapping", "v2", "mappings", true},
                          ServedKind{"getambassador.io", "Host", "v2", "hosts", true},
                          ServedKind{"getambassador.io", "Mapping", "v3alpha1", "mappings", true},
                          ServedKind{"gateway.networking.k8s.io", "HTTPRoute", "v1", "httproutes", true},
                          ServedKind{"gateway.networking.k8s.io", "HTTPRoute", "v1beta1", "httproutes", true}))
      << "only what is wanted and can be watched";
  EXPECT_THAT((*result_)->unknown_groups, ElementsAre("metrics.k8s.io"));
}

TEST_F(DiscoveryTest, GroupByGroupWhereTheServerCannotAggregate) {
  discovery_.Check();
  world_.Answer(200, R"({"kind":"APIVersions","versions":["v1"]})");
  world_.Answer(200, R"({"kind":"APIGroupList","groups":[
    {"name":"getambassador.io","versions":[{"groupVersion":"getambassador.io/v3alpha1","version":"v3alpha1"}]},
    {"name":"discovery.k8s.io","versions":[{"groupVersion":"discovery.k8s.io/v1","version":"v1"}]},
    {"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}]})");
  EXPECT_EQ(world_.Only().path, "/api/v1");
  world_.Answer(200, R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
    {"name":"services","kind":"Service","namespaced":true,"verbs":["list","watch"]},
    {"name":"services/status","kind":"Service","namespaced":true,"verbs":["list","watch"]}]})");
  EXPECT_EQ(world_.Only().path, "/apis/getambassador.io/v3alpha1");
  world_.Answer(503, "the server is currently unable to handle the request");
  EXPECT_EQ(world_.Only().path, "/apis/discovery.k8s.io/v1") << "one dead group harms no other";
  world_.Answer(200, R"({"kind":"APIResourceList","groupVersion":"discovery.k8s.io/v1","resources":[
    {"name":"endpointslices","kind":"EndpointSlice","namespaced":true,"verbs":["list","watch"]}]})");
  ASSERT_TRUE(result_.has_value());
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_THAT((*result_)->kinds,
              ElementsAre(ServedKind{"", "Service", "v1", "services", true},
                          ServedKind{"discovery.k8s.io", "EndpointSlice", "v1", "endpointslices", true}));
  EXPECT_THAT((*result_)->unknown_groups, ElementsAre("getambassador.io"));
  EXPECT_THAT(world_.open(), IsEmpty()) << "groups that are not wanted are not asked for";
}

TEST_F(DiscoveryTest, WithoutAnAnswerItSaysWhy) {
  discovery_.Check();
  world_.Answer(200, R"({"kind":"APIVersions"})");
  world_.Answer(401, "Unauthorized");
  ASSERT_TRUE(result_.has_value());
  EXPECT_THAT(std::string(result_->status().message()), HasSubstr("401 to /apis"));
  result_.reset();
  discovery_.Check();
  world_.Answer(200, "<html>");
  EXPECT_FALSE(result_->ok());
  result_.reset();
  discovery_.Check();
  world_.End(absl::UnavailableError("no route"));
  EXPECT_EQ(result_->status().message(), "no route");
}

TEST(ChooseTest, TheVersionThatIsStoredIsPreferredIfItIsRead) {
  const auto mapping = [](const char* version) {
    return ServedKind{"getambassador.io", "Mapping", version, "mappings", true};
  };
  const ServedKind route = {"gateway.networking.k8s.io", "HTTPRoute", "v1", "httproutes", true};
  ServedKind old_route = route;
  old_route.version = "v1beta1";
  struct Case {
    const char* name;
    std::vector<ServedKind> served;
    const char* stored;
    ServedKind want;
  };
  for (const Case& c : {
           Case{"unknown", {mapping("v2"), mapping("v3alpha1")}, "", mapping("v3alpha1")},
           Case{"only the old one is served", {mapping("v2")}, "", mapping("v2")},
           Case{"v2", {mapping("v3alpha1"), mapping("v2"), mapping("v1")}, "v2", mapping("v2")},
           Case{"v1", {mapping("v3alpha1"), mapping("v2"), mapping("v1")}, "v1", mapping("v1")},
           Case{"v3alpha1", {mapping("v1"), mapping("v2"), mapping("v3alpha1")}, "v3alpha1", mapping("v3alpha1")},
           Case{"stored and not served", {mapping("v2"), mapping("v3alpha1")}, "v1", mapping("v3alpha1")},
           Case{"stored and not read", {mapping("v4"), mapping("v3alpha1")}, "v4", mapping("v3alpha1")},
           Case{"another group has no webhook of ours", {route, old_route}, "v1beta1", route},
       }) {
    std::map<std::string, std::string> storage;
    if (*c.stored != 0) storage[Cat(c.want.plural, ".", c.want.group)] = c.stored;
    EXPECT_THAT(Choose({c.served, {}}, storage), ElementsAre(c.want)) << c.name;
  }
}

}  // namespace
}  // namespace nuncio::kube
