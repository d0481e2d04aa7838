#include "nuncio/kube/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "nuncio/kube/fake_cluster.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kReadDefinition[] =
    "=/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldSelector=metadata.name%3Dmappings.getambassador.io";

class MirrorTest : public ::testing::Test {
 protected:
  void Discover(std::vector<std::string> groups) {
    ASSERT_TRUE(world_.Answer(200, GroupsText({kCore}), "=/api"));
    ASSERT_TRUE(world_.Answer(200, GroupsText(std::move(groups)), "=/apis"));
  }
  // Every object of a kind.
  void List(std::string_view plural, std::string_view lines = "") {
    ASSERT_TRUE(world_.Head(200, Cat("/", plural, "?"))) << plural;
    world_.Data(Cat(lines, EndText("10")), Cat("/", plural, "?"));
  }
  void Define(std::string_view storage = "v3alpha1") {
    ASSERT_TRUE(world_.Answer(200, DefinitionText("mappings.getambassador.io", storage), kReadDefinition));
  }
  bool IsAsked(std::string_view path) { return world_.IsOpen(path); }
  std::vector<std::string> Mappings(const store::SnapshotPtr& snapshot) {
    std::vector<std::string> out;
    for (const auto& mapping : snapshot->mappings) out.push_back(mapping->meta.name);
    return out;
  }
  // A mirror with one Mapping, published.
  void Sync() {
    mirror_.Start();
    Discover({kMappings});
    List("customresourcedefinitions", NameText("ADDED", "mappings.getambassador.io"));
    Define();
    List("services");
    List("mappings", MappingText("ADDED", "a"));
    ASSERT_TRUE(mirror_.Turn().has_value());
    world_.Advance(std::chrono::seconds(1));  // the definitions became known
    if (IsAsked("=/api")) Discover({kMappings});
    ASSERT_FALSE(mirror_.Turn().has_value());
  }

  FakeLoop world_;
  Mirror mirror_{world_, {}};
};

TEST_F(MirrorTest, ThereIsNothingBeforeEveryKindIsListed) {
  mirror_.Start();
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("kinds"));
  Discover({kMappings, kIngresses, GroupText("apps", {{"deployments", "Deployment", "v1"}})});
  EXPECT_FALSE(IsAsked("deployments"));
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("CustomResourceDefinitions"));
  List("customresourcedefinitions");
  EXPECT_EQ(mirror_.Waiting(), "Service, Mapping, Ingress");
  List("services");
  List("mappings", MappingText("ADDED", "a"));
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_EQ(mirror_.Waiting(), "Ingress");
  List("ingresses");
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), ElementsAre("a"));
  EXPECT_THAT(change->snapshot->problems, IsEmpty());
  EXPECT_EQ(mirror_.Waiting(), "");
}

TEST_F(MirrorTest, ASnapshotComesOnlyWithNews) {
  Sync();
  world_.Data(MappingText("MODIFIED", "a"), "/mappings?");  // the same
  EXPECT_FALSE(mirror_.Turn().has_value());
  world_.Data(MappingText("ADDED", "b") + MappingText("ADDED", "c"), "/mappings?");
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), ElementsAre("a", "b", "c")) << "one snapshot for what came together";
  EXPECT_FALSE(mirror_.Turn().has_value());
}

TEST_F(MirrorTest, AnEmptyClusterIsNewsOnce) {
  mirror_.Start();
  Discover({});
  List("customresourcedefinitions");
  List("services");
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  ASSERT_EQ(change->snapshot->problems.size(), 1u);
  EXPECT_THAT(change->snapshot->problems[0].error.message, HasSubstr("install the CustomResourceDefinitions"));
  EXPECT_FALSE(mirror_.Turn().has_value());
}

TEST_F(MirrorTest, AServerThatIsAwayIsAskedAgain) {
  mirror_.Start();
  world_.End(absl::UnavailableError("connection refused"));
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("connection refused"));
  EXPECT_GE(world_.AdvanceToNextTimer(), Outage::kPause);
  EXPECT_FALSE(IsAsked("=/api"));
  world_.Answer(200, "ok", "=/readyz");
  EXPECT_TRUE(IsAsked("=/api"));
}

TEST_F(MirrorTest, AServerThatAnswersNonsenseIsAskedAgainLater) {
  mirror_.Start();
  world_.Answer(502, "<html>");
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("502"));
  EXPECT_GE(world_.AdvanceToNextTimer(), Backoff::kFirst);
  EXPECT_TRUE(IsAsked("=/api"));
}

TEST_F(MirrorTest, AfterAnOutageEveryKindIsWatchedAgainWithinSeconds) {
  constexpr Duration kTick{50};
  const std::vector<std::string> plurals = {"hosts", "listeners", "mappings", "modules", "tcpmappings", "tlscontexts"};
  std::vector<std::array<std::string, 3>> resources;
  for (const char* kind : {"Host", "Listener", "Mapping", "Module", "TCPMapping", "TLSContext"}) {
    resources.push_back({plurals[resources.size()], kind, "v3alpha1"});
  }
  const std::string emissary = GroupText("getambassador.io", resources);
  // 0: nothing answers. Otherwise what a load balancer says in its place, or a server that lets nobody in.
  const std::vector<std::pair<double, int>> cases = {{0.0, 0},    {0.5, 0},    {0.99, 0},   {0.0, 502}, {0.5, 503},
                                                     {0.99, 504}, {0.99, 502}, {0.99, 401}, {0.5, 500}};
  for (const auto& [random, status] : cases) {
    SCOPED_TRACE(Cat("status ", status, ", chance ", std::to_string(random)));
    FakeLoop world;
    world.random = random;
    Mirror mirror(world, {});
    // What the server does with everything that is asked.
    const auto serve = [&] {
      while (world.Answer(200, "ok", "=/readyz") || world.Answer(200, GroupsText({kCore}), "=/api") ||
             world.Answer(200, GroupsText({emissary, kIngresses}), "=/apis")) {
      }
      for (size_t asked = 0; asked != world.history().size();) {
        asked = world.history().size();
        for (const auto& [id, sent] : std::map(world.open())) {
          sent.receiver->OnHead({200, "", std::nullopt});
          if (sent.request.path.find("sendInitialEvents") != std::string::npos) sent.receiver->OnData(EndText("10"));
        }
      }
    };
    // What was open breaks off; what is asked from then on gets that answer.
    std::set<Loop::Id> open;
    const auto away = [&] {
      for (const auto& [id, sent] : std::map(world.open())) {
        const std::string path = Cat("=", sent.request.path);
        if (status == 0 || open.contains(id)) {
          world.End(absl::UnavailableError("refused"), path);
        } else {
          world.Answer(status, "<html>", path);
        }
      }
    };
    const auto watching = [&] {
      const std::vector<KindReport> kinds = mirror.Report();
      return std::count_if(kinds.begin(), kinds.end(),
                           [](const KindReport& kind) { return kind.phase == Reflector::Phase::kWatching; });
    };
    const auto run = [&](Duration duration, const std::function<void()>& server) {
      for (Duration spent{0}; spent < duration; spent += kTick) {
        world.Advance(kTick);
        server();
        mirror.Turn();
      }
    };
    mirror.Start();
    serve();
    run(std::chrono::minutes(1), serve);
    ASSERT_EQ(watching(), 8);

    for (const auto& [id, sent] : world.open()) open.insert(id);
    for (int window = 0; window < 12; ++window) {
      const size_t before = world.history().size();
      run(std::chrono::seconds(10), away);
      // A server that answers is asked for more than whether it is ready, but not often.
      EXPECT_LE(world.history().size() - before, status == 0 ? 12u : 40u) << "in 10 s, of all kinds together";
    }
    EXPECT_EQ(watching(), 0);
    run(std::chrono::seconds(3), serve);
    EXPECT_EQ(watching(), 8);
    EXPECT_TRUE(world.IsOpen("/customresourcedefinitions?"));
  }
}

TEST_F(MirrorTest, AKindThatIsDeniedIsAFindingAndHoldsNothingUp) {
  mirror_.Start();
  Discover({kMappings, kIngresses});
  List("customresourcedefinitions");
  List("services");
  List("mappings");
  world_.Answer(403, kForbidden, "/ingresses?");
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  ASSERT_EQ(change->snapshot->problems.size(), 1u);
  EXPECT_EQ(change->snapshot->problems[0].kind, "Ingress");
  EXPECT_THAT(change->snapshot->problems[0].error.message, HasSubstr("not for you"));
  while (!IsAsked("/ingresses?")) world_.AdvanceToNextTimer();
  List("ingresses");
  const std::optional<Mirror::Change> later = mirror_.Turn();
  ASSERT_TRUE(later.has_value());
  EXPECT_THAT(later->snapshot->problems, IsEmpty());
}

TEST_F(MirrorTest, WithoutTheRightsForWhatTrafficDependsOnThereIsNoFirstSnapshot) {
  mirror_.Start();
  Discover({kMappings});
  List("customresourcedefinitions");
  List("services");
  world_.Answer(403, kForbidden, "/mappings?");
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("Mapping: the API server answers 403: not for you"));
}

TEST_F(MirrorTest, RightsThatAreTakenAwayLaterAreAFindingAndWhatWasKnownStays) {
  Sync();
  world_.End(absl::OkStatus(), "/mappings?");
  std::optional<Mirror::Change> change;
  for (int denial = 0; denial < 3; ++denial) {
    EXPECT_FALSE(change.has_value()) << "an API server that starts denies everything for a moment";
    while (!IsAsked("/mappings?")) world_.AdvanceToNextTimer();
    world_.Answer(403, kForbidden, "/mappings?");
    change = mirror_.Turn();
  }
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), ElementsAre("a"));
  ASSERT_EQ(change->snapshot->problems.size(), 1u);
  EXPECT_TRUE(change->snapshot->problems[0].of_kind);
}

TEST_F(MirrorTest, AKindWhoseDefinitionComesLaterIsFollowedFromThenOn) {
  mirror_.Start();
  Discover({});
  List("customresourcedefinitions");
  List("services");
  ASSERT_TRUE(mirror_.Turn().has_value());
  world_.Advance(std::chrono::seconds(1));
  if (IsAsked("=/api")) Discover({});
  mirror_.Turn();
  world_.Data(NameText("ADDED", "mappings.getambassador.io") + NameText("ADDED", "x.example.com"),
              "/customresourcedefinitions?");
  world_.Advance(Duration(200));
  Discover({});  // it is not established yet
  Define();
  while (!IsAsked("=/api")) ASSERT_GT(world_.AdvanceToNextTimer(), Duration(0));
  Discover({kMappings});
  List("mappings", MappingText("ADDED", "a"));
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), ElementsAre("a"));
  EXPECT_THAT(change->snapshot->problems, IsEmpty());
}

TEST_F(MirrorTest, AKindIsGoneWhenItsDefinitionIsAndNotBefore) {
  Sync();
  // The API server has started anew and does not serve it yet.
  world_.End(absl::UnavailableError("reset"), "/mappings?");
  while (!IsAsked("/mappings?")) {
    world_.AdvanceToNextTimer();
    world_.Answer(200, "ok", "=/readyz");
  }
  for (int attempt = 0; attempt < 5; ++attempt) {
    world_.Answer(404, R"({"kind":"Status","code":404,"message":"the server could not find the requested resource"})",
                  "/mappings?");
    mirror_.Turn();
    while (!IsAsked("/mappings?")) {
      world_.AdvanceToNextTimer();
      if (IsAsked("=/api")) Discover({});
      const std::optional<Mirror::Change> change = mirror_.Turn();
      if (change.has_value()) {
        ASSERT_THAT(Mappings(change->snapshot), ElementsAre("a")) << attempt;
      }
    }
  }
  world_.Data(NameText("DELETED", "mappings.getambassador.io"), "/customresourcedefinitions?");
  world_.Advance(Duration(200));
  Discover({});
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), IsEmpty());
  EXPECT_FALSE(IsAsked("/mappings?"));
}

TEST_F(MirrorTest, AGroupWhoseServerIsAwayKeepsItsKinds) {
  Sync();
  world_.Data(NameText("DELETED", "mappings.getambassador.io"), "/customresourcedefinitions?");
  world_.Advance(Duration(200));
  Discover({GroupText("getambassador.io", {}, true)});
  mirror_.Turn();
  EXPECT_TRUE(IsAsked("/mappings?"));
}

TEST_F(MirrorTest, WithoutTheRightToDefinitionsKindsAreLookedForAgain) {
  mirror_.Start();
  Discover({kMappings});
  world_.Answer(403, kForbidden, "/customresourcedefinitions?");
  List("services");
  List("mappings", MappingText("ADDED", "a"));
  ASSERT_TRUE(mirror_.Turn().has_value());
  world_.Advance(std::chrono::seconds(1));
  if (IsAsked("=/api")) Discover({kMappings});
  // One answer without it is no proof.
  for (int times = 1; times <= 3; ++times) {
    while (!IsAsked("=/api")) {
      world_.AdvanceToNextTimer();
      world_.Answer(403, kForbidden, "/customresourcedefinitions?");
    }
    Discover({});
    const std::optional<Mirror::Change> change = mirror_.Turn();
    if (times < 3) {
      EXPECT_TRUE(IsAsked("/mappings?")) << times;
    } else {
      ASSERT_TRUE(change.has_value());
      EXPECT_THAT(Mappings(change->snapshot), IsEmpty());
    }
  }
}

TEST_F(MirrorTest, AKindIsAskedForInTheVersionThatIsStored) {
  const std::string all = GroupText("getambassador.io", {{"mappings", "Mapping", "v3alpha1"}}) + "," +
                          GroupText("getambassador.io", {{"mappings", "Mapping", "v2"}});
  mirror_.Start();
  Discover({all});
  List("services");
  List("customresourcedefinitions", NameText("ADDED", "mappings.getambassador.io"));
  EXPECT_FALSE(IsAsked("/mappings?")) << "not before it is known";
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("CustomResourceDefinitions"));
  Define("v2");
  ASSERT_TRUE(IsAsked("/getambassador.io/v2/mappings?"));
  List("mappings", MappingText("ADDED", "a"));
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(Mappings(change->snapshot), ElementsAre("a"));
  world_.Advance(Duration(200));
  Discover({all});

  // It is stored in another version from now on. There is no gap.
  world_.Data(NameText("MODIFIED", "mappings.getambassador.io", "9"), "/customresourcedefinitions?watch");
  EXPECT_TRUE(IsAsked("/getambassador.io/v2/mappings?"));
  Define("v3alpha1");
  EXPECT_FALSE(IsAsked("/getambassador.io/v2/mappings?"));
  ASSERT_TRUE(IsAsked("/getambassador.io/v3alpha1/mappings?"));
  EXPECT_EQ(mirror_.Report()[1].objects, 1u);
  EXPECT_FALSE(mirror_.Turn().has_value());
  List("mappings", MappingText("ADDED", "a") + MappingText("ADDED", "b"));
  const std::optional<Mirror::Change> later = mirror_.Turn();
  ASSERT_TRUE(later.has_value());
  EXPECT_THAT(Mappings(later->snapshot), ElementsAre("a", "b"));
}

TEST_F(MirrorTest, ADefinitionThatCannotBeReadHoldsNothingUp) {
  mirror_.Start();
  Discover({kMappings});
  List("services");
  List("customresourcedefinitions", NameText("ADDED", "mappings.getambassador.io"));
  ASSERT_TRUE(world_.Answer(500, "no", kReadDefinition));
  List("mappings", MappingText("ADDED", "a"));
  EXPECT_TRUE(mirror_.Turn().has_value());
  while (!IsAsked(kReadDefinition)) ASSERT_GT(world_.AdvanceToNextTimer(), Duration(0));
}

TEST(MirrorSelectionTest, ASingleNamespaceNeedsNoRightsBeyondIt) {
  FakeLoop world;
  Mirror mirror(world, {.single_namespace = "edge", .label_selector = "a=b", .field_selector = "metadata.name!=x"});
  mirror.Start();
  world.Answer(200, GroupsText({GroupText("", {{"secrets", "Secret", "v1"}, {"namespaces", "Namespace", "v1"}})}),
               "=/api");
  world.Answer(200, GroupsText({}), "=/apis");
  EXPECT_FALSE(mirror.Turn().has_value());
  ASSERT_EQ(world.open().size(), 1u) << "neither namespaces nor definitions";
  const std::string path = world.Only().path;
  EXPECT_THAT(path, HasSubstr("/api/v1/namespaces/edge/secrets?labelSelector=a%3Db&fieldSelector=type%21%3Dhelm.sh"));
  EXPECT_THAT(path, HasSubstr("%2Cmetadata.name%21%3Dx&"));
  world.Head(200);
  world.Data(EndText("10"));
  EXPECT_TRUE(mirror.Turn().has_value());
}

}  // namespace
}  // namespace nuncio::kube
