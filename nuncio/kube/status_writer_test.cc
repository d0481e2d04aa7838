#include "nuncio/kube/status_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::kube {
namespace {

using status::Truth;
using status::Type;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// An API server that takes every status, unless a test answers otherwise.
class StatusWriterTest : public testing::Test {
 protected:
  StatusWriterTest() {
    writer_.OnKind({"getambassador.io", "Mapping", "v3alpha1", "mappings", true});
    writer_.SetLeading(true);
  }

  static status::ObjectStatus Status(const std::string& name, int64_t generation, Truth programmed = Truth::kTrue,
                                     const std::string& reason = "Programmed") {
    status::ObjectStatus status;
    status.kind = "Mapping";
    status.key = {"a", name};
    status.uid = Cat("uid-", name);
    status.generation = generation;
    status.of(Type::kAccepted) = {Truth::kTrue, "Accepted", ""};
    status.of(Type::kProgrammed) = {programmed, reason, "words"};
    status.of(Type::kResolvedRefs) = {Truth::kTrue, "ResolvedRefs", ""};
    status.fields = {{"reason", ""}, {"state", programmed == Truth::kTrue ? "Running" : "Inactive"}};
    return status;
  }
  // What the watch tells.
  void See(const std::string& name, int64_t generation, Json status = nullptr, const std::string& uid = "") {
    Item item;
    item.key = {"a", name};
    item.uid = uid.empty() ? Cat("uid-", name) : uid;
    item.object = {{"metadata", {{"generation", generation}}}};
    item.status = std::move(status);
    writer_.OnObject("Mapping", item);
  }
  void Want(std::vector<status::ObjectStatus> wanted) { writer_.SetWanted(std::move(wanted)); }
  // The names of the objects that are being written.
  std::vector<std::string> Open() const {
    std::vector<std::string> names;
    for (const auto& [id, sent] : world_.open()) names.push_back(Json::parse(sent.request.body)["metadata"]["name"]);
    return names;
  }
  // Answers the oldest request as a server that takes it, and returns the status that it has now.
  Json Take() {
    const Json object = Json::parse(world_.open().begin()->second.request.body);
    EXPECT_TRUE(world_.Answer(200, object.dump()));
    return object["status"];
  }
  std::vector<std::string> Transitions() {
    std::vector<std::string> lines;
    for (const Transition& each : std::exchange(transitions_, {})) {
      lines.push_back(
          Cat(each.status.key.name, " ", each.good ? "good" : "bad", " ", each.status.of(each.type).reason));
    }
    return lines;
  }

  FakeLoop world_;
  int64_t now_ = 1'000;
  std::vector<Transition> transitions_;
  StatusWriter writer_{world_, {"nuncio-default", [this] { return now_; }}, [this](Transition each) {
                         transitions_.push_back(std::move(each));
                       }};
};

TEST_F(StatusWriterTest, AppliesOnTheSubresource) {
  See("m", 1);
  Want({Status("m", 1)});
  const Request request = world_.Only();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.path,
            "/apis/getambassador.io/v3alpha1/namespaces/a/mappings/m/status?fieldManager=nuncio-default&force=false");
  EXPECT_EQ(request.content_type, "application/apply-patch+yaml");
  EXPECT_EQ(Json::parse(request.body)["metadata"]["uid"], "uid-m");
}

TEST_F(StatusWriterTest, WritesNothingWhenNothingChanges) {
  See("m", 1);
  Want({Status("m", 1)});
  const Json written = Take();
  for (int i = 0; i < 100; ++i) {
    world_.Advance(seconds(1));
    See("m", 1, written);
    Want({Status("m", 1)});
  }
  EXPECT_EQ(world_.history().size(), 1u);
  EXPECT_EQ(writer_.counters().writes, 1u);
  EXPECT_EQ(writer_.counters().pending, 0u);
}

TEST_F(StatusWriterTest, ANewLeaderWritesNothingThatIsThereAlready) {
  See("m", 1);
  Want({Status("m", 1)});
  const Json written = Take();
  FakeLoop world;
  StatusWriter other(world, {"nuncio-default", [] { return int64_t{9'000}; }}, [](const Transition&) {});
  other.OnKind({"getambassador.io", "Mapping", "v3alpha1", "mappings", true});
  Item item{{"a", "m"}, "uid-m", "", {{"metadata", {{"generation", 1}}}}, written, ""};
  other.OnObject("Mapping", item);
  other.SetLeading(true);
  other.SetWanted({Status("m", 1)});
  EXPECT_THAT(world.history(), IsEmpty());

  other.SetWanted({Status("m", 1, Truth::kFalse, "EnvoyRefused")});
  const Json conditions = Json::parse(world.Only().body)["status"]["conditions"];
  EXPECT_EQ(conditions[0]["lastTransitionTime"], "1970-01-01T00:16:40Z") << "as the one before had it";
  EXPECT_EQ(conditions[1]["lastTransitionTime"], "1970-01-01T02:30:00Z");
}

TEST_F(StatusWriterTest, WithoutTheLeaseNothingIsWritten) {
  writer_.SetLeading(false);
  See("m", 1);
  Want({Status("m", 1)});
  EXPECT_THAT(world_.history(), IsEmpty());

  writer_.SetLeading(true);
  Want({Status("m", 1)});
  EXPECT_THAT(Open(), ElementsAre("m"));
  writer_.SetLeading(false);
  EXPECT_THAT(world_.open(), IsEmpty()) << "what is under way ends at once";
  world_.Advance(seconds(60));
  EXPECT_EQ(world_.history().size(), 1u);
}

TEST_F(StatusWriterTest, IsAtMostOnceASecondForAnObject) {
  See("m", 1);
  Want({Status("m", 1)});
  See("m", 2, Take());
  for (int generation = 2; generation < 12; ++generation) {
    See("m", generation, Json::parse(world_.history().back().body)["status"]);
    Want({Status("m", generation)});
  }
  EXPECT_THAT(world_.open(), IsEmpty());
  world_.Advance(seconds(1));
  EXPECT_THAT(Open(), ElementsAre("m"));
  EXPECT_EQ(Json::parse(world_.Only().body)["status"]["conditions"][0]["observedGeneration"], 11)
      << "the last one only";
}

TEST_F(StatusWriterTest, WaitsForWhatIsToBeSaidOfTheNewestGeneration) {
  See("m", 2);
  Want({Status("m", 1)});
  EXPECT_THAT(world_.history(), IsEmpty());
  Want({Status("m", 2)});
  EXPECT_THAT(Open(), ElementsAre("m"));
}

TEST_F(StatusWriterTest, WhatChangedLastIsWrittenFirst) {
  std::vector<status::ObjectStatus> wanted;
  for (int i = 10; i < 40; ++i) {
    See(Cat("m", i), 1);
    wanted.push_back(Status(Cat("m", i), 1));
  }
  Want(wanted);
  EXPECT_EQ(Open().size(), StatusWriter::kMostInFlight);
  wanted.back() = Status("m39", 1, Truth::kFalse, "EnvoyRefused");
  Want(wanted);
  Take();
  EXPECT_EQ(Open().back(), "m39");
  EXPECT_EQ(writer_.counters().pending, 29u);
}

TEST_F(StatusWriterTest, IsSparing) {
  std::vector<status::ObjectStatus> wanted;
  for (int i = 1000; i < 2000; ++i) {
    See(Cat("m", i), 1);
    wanted.push_back(Status(Cat("m", i), 1));
  }
  Want(wanted);
  while (!world_.open().empty()) Take();
  EXPECT_EQ(writer_.counters().writes, 100u) << "the burst";
  for (int i = 0; i < 50; ++i) {
    world_.Advance(milliseconds(20));
    while (!world_.open().empty()) Take();
  }
  EXPECT_NEAR(static_cast<double>(writer_.counters().writes), 150, 2) << "50 a second from there on";
}

TEST_F(StatusWriterTest, TakesOverWhatAnotherProgramWrote) {
  See("m", 1, {{"state", "Running"}});
  Want({Status("m", 1)});
  ASSERT_TRUE(
      world_.Answer(409, R"({"kind":"Status","message":"Apply failed with 1 conflict: conflict with \"kubestatus\" using
    getambassador.io/v3alpha1: .status.state","details":{"causes":[{"reason":"FieldManagerConflict"}]}})"));
  EXPECT_NE(world_.Only().path.find("force=true"), std::string::npos);
  Take();
  EXPECT_EQ(writer_.counters().writes, 1u);
  EXPECT_EQ(writer_.counters().conflicts, 1u);
}

TEST_F(StatusWriterTest, LeavesWhatAnotherInstallationWrote) {
  See("m", 1);
  Want({Status("m", 1)});
  ASSERT_TRUE(world_.Answer(
      409, R"({"kind":"Status","message":"Apply failed with 1 conflict: conflict with \"nuncio-other\": .status",
    "details":{"causes":[{"reason":"FieldManagerConflict"}]}})"));
  world_.Advance(seconds(600));
  EXPECT_EQ(world_.history().size(), 1u);
}

TEST_F(StatusWriterTest, TakesOverWhatAnotherInstallationAbandoned) {
  const std::string conflict =
      R"({"kind":"Status","message":"Apply failed with 1 conflict: conflict with \"nuncio-other\": .status",
      "details":{"causes":[{"reason":"FieldManagerConflict"}]}})";
  const Json theirs = {{"state", "Inactive"},
                       {"conditions", {{{"type", "Programmed"}, {"status", "False"}, {"observedGeneration", 1}}}}};
  See("m", 1, theirs);
  Want({Status("m", 1)});
  ASSERT_TRUE(world_.Answer(409, conflict));
  world_.Advance(seconds(600));
  EXPECT_EQ(world_.history().size(), 1u) << "it is up to date";

  // The object changes, and the other one says so in time.
  See("m", 2, theirs);
  Want({Status("m", 2)});
  ASSERT_TRUE(world_.Answer(409, conflict));
  Json updated = theirs;
  updated["conditions"][0]["observedGeneration"] = 2;
  See("m", 2, updated);
  world_.Advance(StatusWriter::kAbandoned);
  ASSERT_THAT(Open(), ElementsAre("m")) << "asked once more";
  EXPECT_NE(world_.Only().path.find("force=false"), std::string::npos);
  ASSERT_TRUE(world_.Answer(409, conflict));
  world_.Advance(seconds(600));
  EXPECT_EQ(world_.history().size(), 3u);

  // It changes again, and nobody says anything.
  See("m", 3, updated);
  Want({Status("m", 3)});
  ASSERT_TRUE(world_.Answer(409, conflict));
  world_.Advance(StatusWriter::kAbandoned - milliseconds(1));
  EXPECT_THAT(Open(), IsEmpty());
  world_.Advance(milliseconds(1));
  ASSERT_TRUE(world_.Answer(409, conflict));
  world_.Advance(milliseconds(1));
  EXPECT_NE(world_.Only().path.find("force=true"), std::string::npos);
  Take();
  EXPECT_EQ(writer_.counters().pending, 0u);
}

TEST_F(StatusWriterTest, AfterAConflictItGoesByWhatTheWatchTells) {
  See("m", 1);
  Want({Status("m", 1)});
  ASSERT_TRUE(world_.Answer(409, R"({"kind":"Status","reason":"Conflict","message":"Precondition failed: UID"})"));
  See("m", 1, nullptr, "uid-of-another");
  world_.Advance(seconds(60));
  EXPECT_EQ(world_.history().size(), 1u) << "what was wanted was meant for the one before";
}

TEST_F(StatusWriterTest, ForgetsWhatIsGone) {
  See("m", 1);
  Want({Status("m", 1)});
  ASSERT_TRUE(world_.Answer(404, "{}"));
  world_.Advance(seconds(600));
  EXPECT_EQ(world_.history().size(), 1u);
  writer_.OnGone("Mapping", {"a", "m"});
  Want({Status("m", 1)});
  EXPECT_EQ(world_.history().size(), 1u);
}

TEST_F(StatusWriterTest, WhatTheServerRefusesIsLeftUntilItIsAnother) {
  See("m", 1);
  Want({Status("m", 1)});
  ASSERT_TRUE(world_.Answer(422, R"({"kind":"Status","message":"no"})"));
  world_.Advance(seconds(600));
  Want({Status("m", 1)});
  EXPECT_EQ(world_.history().size(), 1u);
  See("m", 2);
  Want({Status("m", 2)});
  EXPECT_EQ(world_.history().size(), 2u);
}

TEST_F(StatusWriterTest, IsNotUndoneByAServerThatKeepsSomethingElse) {
  See("m", 1);
  Want({Status("m", 1)});
  const Json pruned = {{"state", "Running"}};
  ASSERT_TRUE(world_.Answer(200, Json{{"status", pruned}}.dump()));
  for (int i = 0; i < 60; ++i) {
    See("m", 1, pruned);
    world_.Advance(seconds(10));
  }
  EXPECT_EQ(world_.history().size(), 1u);
}

TEST_F(StatusWriterTest, WhoKeepsUndoingItIsAnsweredEverMoreSeldom) {
  See("m", 1);
  Want({Status("m", 1)});
  for (int i = 0; i < 3600; ++i) {
    if (!world_.open().empty()) Take();
    See("m", 1, {{"state", "Inactive"}});
    world_.Advance(seconds(1));
  }
  EXPECT_GE(world_.history().size(), 10u);
  EXPECT_LE(world_.history().size(), 25u);
}

struct Trouble {
  const char* name;
  int status;  // 0: no answer
  std::optional<Duration> retry_after;
  Duration want;
};
void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }
class TroubleTest : public StatusWriterTest, public testing::WithParamInterface<Trouble> {};

TEST_P(TroubleTest, IsWaitedOut) {
  See("m", 1);
  Want({Status("m", 1)});
  if (GetParam().status == 0) {
    ASSERT_TRUE(world_.End(absl::UnavailableError("away")));
  } else {
    ASSERT_TRUE(world_.Answer(GetParam().status, "{}", "", GetParam().retry_after));
  }
  See("n", 1);
  Want({Status("m", 1), Status("n", 1)});
  world_.Advance(GetParam().want - milliseconds(1));
  EXPECT_EQ(world_.history().size(), 1u) << "neither this object nor another";
  world_.Advance(milliseconds(1'001));
  EXPECT_EQ(world_.history().size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(All, TroubleTest,
                         testing::Values(Trouble{"429 with Retry-After", 429, seconds(7), seconds(7)},
                                         Trouble{"503 with Retry-After", 503, seconds(3), seconds(3)},
                                         Trouble{"500", 500, std::nullopt, milliseconds(800)},
                                         Trouble{"no connection", 0, std::nullopt, milliseconds(800)},
                                         Trouble{"403", 403, std::nullopt, StatusWriter::kDeniedAtFirst}));

TEST_F(StatusWriterTest, ADenialThatLastsIsAskedAboutSeldom) {
  See("m", 1);
  Want({Status("m", 1)});
  for (const Duration want : {StatusWriter::kDeniedAtFirst, StatusWriter::kForbidden, StatusWriter::kForbidden}) {
    ASSERT_TRUE(world_.Answer(403, "{}"));
    world_.Advance(want - milliseconds(1));
    EXPECT_THAT(world_.open(), IsEmpty());
    world_.Advance(milliseconds(1));
    EXPECT_EQ(world_.open().size(), 1u);
  }
}

TEST_F(StatusWriterTest, TellsTransitionsAndNothingElse) {
  See("m", 1);
  Want({Status("m", 1, Truth::kUnknown, "Pending")});
  Json now = Take();
  EXPECT_THAT(Transitions(), IsEmpty());
  struct Step {
    Truth programmed;
    const char* reason;
    std::vector<std::string> want;
  };
  for (const Step& step :
       {Step{Truth::kTrue, "Programmed", {}}, Step{Truth::kFalse, "EnvoyRefused", {"m bad EnvoyRefused"}},
        Step{Truth::kFalse, "MappingInvalid", {}}, Step{Truth::kTrue, "Programmed", {"m good Programmed"}},
        // An Envoy that takes its time hides no end of what was bad, and is none.
        Step{Truth::kUnknown, "Pending", {}}, Step{Truth::kTrue, "Programmed", {}},
        Step{Truth::kFalse, "EnvoyRefused", {"m bad EnvoyRefused"}}, Step{Truth::kUnknown, "Pending", {}},
        Step{Truth::kTrue, "Programmed", {"m good Programmed"}}}) {
    world_.Advance(seconds(2));
    See("m", 1, now);
    Want({Status("m", 1, step.programmed, step.reason)});
    now = Take();
    EXPECT_EQ(Transitions(), step.want) << step.reason;
  }
}

TEST_F(StatusWriterTest, AnObjectThatIsBadFromItsBeginningIsTold) {
  See("m", 1);
  Want({Status("m", 1, Truth::kFalse, "MappingInvalid")});
  Take();
  EXPECT_THAT(Transitions(), ElementsAre("m bad MappingInvalid"));
}

}  // namespace
}  // namespace nuncio::kube
