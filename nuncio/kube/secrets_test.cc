// Secrets by reference: what a mirror holds of them, and what waits for them.
#include "nuncio/kube/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/kube/fake_cluster.h"
#include "nuncio/kube/mirror.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kReadB[] = "/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Db";

class SecretsTest : public ::testing::Test {
 protected:
  SecretsTest() {
    mirror_.Start();
    world_.Answer(200, GroupsText({GroupText("", {{"secrets", "Secret", "v1"}})}), "=/api");
    world_.Answer(200, GroupsText({emissary_}), "=/apis");
    List("customresourcedefinitions", NameText("ADDED", "hosts.getambassador.io"));
    world_.Answer(200, DefinitionText("hosts.getambassador.io", "v3alpha1"), "metadata.name%3Dhosts");
  }
  void List(std::string_view plural, std::string_view lines = "") {
    ASSERT_TRUE(world_.Head(200, Cat("/", plural, "?"))) << plural;
    world_.Data(Cat(lines, EndText("10")), Cat("/", plural, "?"));
  }
  // Host `h` names Secret `a`, which is held; `b` is there and named by nothing.
  void Sync() {
    List("hosts", HostText("ADDED", "h", "a"));
    List("mappings");
    EXPECT_FALSE(mirror_.Turn().has_value());
    List("secrets", SecretText("ADDED", "a", "5", "YQ==") + SecretText("ADDED", "b", "5", "Yg=="));
    ASSERT_TRUE(mirror_.Turn().has_value());
    world_.Advance(std::chrono::seconds(2));  // the definitions became known
    world_.Answer(200, GroupsText({GroupText("", {{"secrets", "Secret", "v1"}})}), "=/api");
    world_.Answer(200, GroupsText({emissary_}), "=/apis");
    ASSERT_FALSE(mirror_.Turn().has_value());
  }
  void Host(std::string_view type, std::string_view name, std::string_view secret) {
    ASSERT_TRUE(world_.Data(HostText(type, name, secret), "/hosts?"));
  }
  void Secret(std::string_view text) { ASSERT_TRUE(world_.Data(text, "/secrets?fieldSelector=type")); }
  // What a snapshot says: each Host with the Secret that it names and what that says.
  static std::vector<std::string> Said(const std::optional<Mirror::Change>& change) {
    std::vector<std::string> out;
    if (!change.has_value()) return {"no snapshot"};
    for (const auto& host : change->snapshot->hosts) {
      const resource::Secret* secret = change->snapshot->secrets.Find({"default", host->tls_secret->name});
      out.push_back(Cat(host->meta.name, ": ", host->tls_secret->name, " ",
                        secret == nullptr ? "missing" : secret->data.at("tls.crt")));
    }
    for (const auto& problem : change->snapshot->problems) out.push_back(problem.error.message);
    return out;
  }
  std::vector<std::string> Turn() { return Said(mirror_.Turn()); }
  size_t Held() {
    for (const KindReport& kind : mirror_.Report()) {
      if (kind.kind.kind == "Secret") return kind.objects;
    }
    return 0;
  }

  const std::string emissary_ =
      GroupText("getambassador.io", {{"hosts", "Host", "v3alpha1"}, {"mappings", "Mapping", "v3alpha1"}});
  FakeLoop world_;
  Mirror mirror_{world_, {.secrets = {{"default", "always"}}}};
};

TEST_F(SecretsTest, AreListedWhenItIsKnownWhichAreNamed) {
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_FALSE(world_.IsOpen("/secrets?"));
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("Secret"));
  List("hosts", HostText("ADDED", "h", "a"));
  EXPECT_FALSE(mirror_.Turn().has_value());
  ASSERT_TRUE(world_.IsOpen("/secrets?")) << "Mappings name none, and are not waited for";
  List("mappings");
  List("secrets", SecretText("ADDED", "a", "5", "YQ==") + SecretText("ADDED", "b", "5", "Yg==") +
                      SecretText("ADDED", "always", "5", "Yw=="));
  const std::optional<Mirror::Change> change = mirror_.Turn();
  EXPECT_THAT(Said(change), ElementsAre("h: a a"));
  EXPECT_EQ(change->snapshot->secrets.size(), 2u) << "a, and the one that is wanted always";
  EXPECT_EQ(Held(), 2u);
  for (const Request& request : world_.history())
    EXPECT_THAT(request.path, Not(HasSubstr("secrets?fieldSelector=metadata")));
}

TEST_F(SecretsTest, ThereIsNoFirstSnapshotWithoutThoseThatAreNamed) {
  List("hosts");
  List("mappings");
  mirror_.Turn();
  ASSERT_TRUE(world_.Head(200, "/secrets?"));
  world_.Data(SecretText("ADDED", "b", "5", "Yg=="), "/secrets?");
  Host("ADDED", "h", "b");  // after it was listed
  world_.Data(EndText("10"), "/secrets?");
  for (int attempt = 0; attempt < 20; ++attempt) {
    ASSERT_FALSE(mirror_.Turn().has_value());
    world_.Answer(500, "no", kReadB);
    world_.Advance(std::chrono::seconds(1));
  }
  EXPECT_THAT(mirror_.Waiting(), HasSubstr("Secret default/b: the API server answers 500: no"));
  while (!world_.IsOpen(kReadB)) world_.AdvanceToNextTimer(), mirror_.Turn();
  world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB);
  EXPECT_THAT(Turn(), ElementsAre("h: b b"));
  EXPECT_EQ(mirror_.Waiting(), "");
}

TEST_F(SecretsTest, OneThatIsNamedLaterIsReadBeforeAnythingIsSaid) {
  Sync();
  EXPECT_EQ(Held(), 1u);
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_EQ(mirror_.waiting_objects(), 1u);
  EXPECT_TRUE(world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b b"));
  EXPECT_EQ(mirror_.waiting_objects(), 0u);
  EXPECT_FALSE(mirror_.Turn().has_value());
  Secret(SecretText("MODIFIED", "b", "6", "Yy=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b c")) << "the watch brings what it becomes";
}

TEST_F(SecretsTest, OneThatDoesNotExistIsNotWaitedFor) {
  Sync();
  const size_t requests = world_.history().size();
  Host("ADDED", "i", "none");
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: none missing"));
  EXPECT_EQ(world_.history().size(), requests);
  Secret(SecretText("ADDED", "none", "6", "bg=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: none n"));
  Secret(SecretText("DELETED", "none", "7", "bg=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: none missing"));
}

TEST_F(SecretsTest, WhatNothingNamesAnyMoreIsForgotten) {
  Sync();
  Host("DELETED", "h", "a");
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_THAT(change->snapshot->secrets, IsEmpty());
  EXPECT_EQ(Held(), 0u);
  Host("ADDED", "h", "a");
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_TRUE(world_.Answer(200, ListText(SecretObject("a", "5", "YQ==")), "metadata.name%3Da"));
  EXPECT_THAT(Turn(), ElementsAre("h: a a"));
}

TEST_F(SecretsTest, AHostThatComesBackInTheSameMomentLosesNothing) {
  Sync();
  const size_t requests = world_.history().size();
  Host("DELETED", "h", "a");
  Host("ADDED", "h", "a");
  EXPECT_THAT(Turn(), ElementsAre("h: a a"));
  EXPECT_EQ(world_.history().size(), requests);
}

TEST_F(SecretsTest, WhatAnObjectNamedBeforeServesUntilTheNewOneIsRead) {
  Sync();
  Host("MODIFIED", "h", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  Secret(SecretText("MODIFIED", "a", "6", "QQ=="));
  world_.Advance(Secrets::kHold);
  EXPECT_THAT(Turn(), ElementsAre("h: a A", "waits for Secret default/b, which has not been read yet"));
  world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB);
  EXPECT_THAT(Turn(), ElementsAre("h: b b"));
  EXPECT_EQ(Held(), 1u);
}

TEST_F(SecretsTest, OneThatCannotBeReadHoldsUpNobodyElse) {
  Sync();
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  world_.Data(MappingText("ADDED", "m"), "/mappings?");
  world_.Advance(Secrets::kHold - Duration(1));
  EXPECT_FALSE(mirror_.Turn().has_value());
  world_.Advance(Duration(1));
  const std::optional<Mirror::Change> change = mirror_.Turn();
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->snapshot->mappings.size(), 1u);
  EXPECT_EQ(change->snapshot->problems.at(0).kind, "Host");
  EXPECT_EQ(change->snapshot->problems.at(0).key.name, "i");
  world_.Data(MappingText("ADDED", "n"), "/mappings?");
  EXPECT_TRUE(mirror_.Turn().has_value()) << "nothing is held up again";
  world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB);
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b b"));
}

struct Fault {
  const char* name;
  int status;  // 0: the connection breaks
  std::string body;
  const char* said;
};
class SecretFaultTest : public SecretsTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(SecretFaultTest, IsSaidAndWaitedOut) {
  Sync();
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  const auto fail = [&] {
    return GetParam().status == 0 ? world_.End(absl::UnavailableError("reset"), kReadB)
                                  : world_.Answer(GetParam().status, GetParam().body, kReadB, std::chrono::seconds(5));
  };
  ASSERT_TRUE(fail());
  EXPECT_FALSE(mirror_.Turn().has_value());
  EXPECT_FALSE(world_.IsOpen(kReadB)) << "not again without a pause";
  world_.Advance(Secrets::kHold);
  EXPECT_THAT(Turn(), ElementsAre("h: a a", HasSubstr(GetParam().said)));
  for (int attempt = 0; attempt < 5; ++attempt) {
    while (!world_.IsOpen(kReadB)) {
      ASSERT_GT(world_.AdvanceToNextTimer(), Duration(0));
      world_.Answer(200, "ok", "=/readyz");
      mirror_.Turn();
    }
    if (attempt < 4) {
      ASSERT_TRUE(fail());
    }
  }
  world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB);
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b b"));
}

INSTANTIATE_TEST_SUITE_P(
    All, SecretFaultTest,
    ::testing::Values(Fault{"Refused", 403, kForbidden, "not for you"}, Fault{"Broken", 500, "oh", "500: oh"},
                      Fault{"TooMany", 429, "later", "429: later"}, Fault{"Garbled", 200, "<html>", "no JSON"},
                      Fault{"Gone", 200, ListText(""), "it is changing"},
                      Fault{"OfAnotherVersion", 200, ListText(SecretObject("b", "4", "Yg==")), "it is changing"},
                      Fault{"Lost", 0, "", "reset"}),
    [](const auto& each) { return each.param.name; });

TEST_F(SecretsTest, ASecretThatChangesMeanwhileNeverGoesBack) {
  Sync();
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  // Version 7 is read, and the watch has yet to bring 6 and 7.
  world_.Answer(200, ListText(SecretObject("b", "7", "Nw==")), kReadB);
  EXPECT_FALSE(mirror_.Turn().has_value());
  Secret(SecretText("MODIFIED", "b", "6", "Ng=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b 6"));
  Secret(SecretText("MODIFIED", "b", "7", "Nw=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b 7"));
}

TEST_F(SecretsTest, AnAnswerThatTheWatchOvertookIsNotAsked) {
  Sync();
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  Secret(SecretText("MODIFIED", "b", "6", "Ng=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b 6"));
  EXPECT_FALSE(world_.IsOpen(kReadB));
}

TEST_F(SecretsTest, ASecretThatGoesMeanwhileIsMissing) {
  Sync();
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  world_.Answer(200, ListText(""), kReadB);
  EXPECT_FALSE(mirror_.Turn().has_value());
  Secret(SecretText("DELETED", "b", "6", "Yg=="));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b missing"));
}

TEST_F(SecretsTest, WhatWasReadDuringAListIsGoneWhenTheListSaysSo) {
  Sync();
  world_.Data(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
              "\n",
              "/secrets?fieldSelector=type");
  while (!world_.IsOpen("/secrets?fieldSelector=type")) world_.AdvanceToNextTimer();
  ASSERT_TRUE(world_.Head(200, "/secrets?fieldSelector=type"));
  Host("ADDED", "i", "b");
  EXPECT_FALSE(mirror_.Turn().has_value());
  world_.Answer(200, ListText(SecretObject("b", "5", "Yg==")), kReadB);
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b b"));
  Secret(SecretText("ADDED", "a", "5", "YQ==") + EndText("12"));
  EXPECT_THAT(Turn(), ElementsAre("h: a a", "i: b missing"));
}

TEST_F(SecretsTest, ManyAreReadAFewAtATime) {
  List("hosts");
  List("mappings");
  mirror_.Turn();
  std::string all;
  for (int i = 0; i < 100; ++i) all += SecretText("ADDED", Cat("s", i), "5", "YQ==");
  List("secrets", all);
  ASSERT_TRUE(mirror_.Turn().has_value());
  for (int i = 0; i < 100; ++i) Host("ADDED", Cat("h", i), Cat("s", i));
  EXPECT_FALSE(mirror_.Turn().has_value());
  std::optional<Mirror::Change> change;
  for (int i = 0; i < 100; ++i) {
    size_t open = 0;
    std::string path;
    for (const auto& [id, sent] : world_.open()) {
      if (sent.request.path.find("metadata.name%3D") == std::string::npos) continue;
      ++open;
      path = sent.request.path;
    }
    EXPECT_LE(open, static_cast<size_t>(Reads::kAtOnce));
    const std::string name = path.substr(path.find("%3D") + 3);
    ASSERT_TRUE(world_.Answer(200, ListText(SecretObject(name, "5", "YQ==")), Cat("=", path)));
    ASSERT_FALSE(change.has_value()) << "all of them are in one snapshot";
    change = mirror_.Turn();
  }
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->snapshot->hosts.size(), 100u);
  EXPECT_EQ(change->snapshot->secrets.size(), 100u);
}

}  // namespace
}  // namespace nuncio::kube
