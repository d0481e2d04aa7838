#include "nuncio/apiext/keeper.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::apiext {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr char kSecrets[] = "/api/v1/namespaces/edge/secrets";
constexpr char kSecret[] = "/api/v1/namespaces/edge/secrets/emissary-ingress-webhook-ca";
constexpr char kDefinitions[] = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

std::string SecretText(const Pair& pair) {
  return Json{{"metadata", {{"name", "emissary-ingress-webhook-ca"}, {"resourceVersion", "7"}}},
              {"type", "kubernetes.io/tls"},
              {"data", {{"tls.crt", absl::Base64Escape(pair.certificate)}, {"tls.key", absl::Base64Escape(pair.key)}}}}
      .dump();
}

Json Definition(const std::string& name, Json conversion, const std::string& group = "getambassador.io",
                int versions = 2) {
  Json out = {{"metadata", {{"name", name}}}, {"spec", {{"group", group}, {"versions", Json::array()}}}};
  for (int i = 0; i < versions; ++i) out["spec"]["versions"].push_back({{"name", Cat("v", i)}});
  out["spec"]["conversion"] = std::move(conversion);
  return out;
}

Json Webhook(Json client) {
  return {{"strategy", "Webhook"},
          {"webhook", {{"conversionReviewVersions", {"v1"}}, {"clientConfig", std::move(client)}}}};
}

class KeeperTest : public testing::Test {
 protected:
  void Begin(bool keeps_authority = true, bool keeps_definitions = true) {
    KeeperOptions options = {"edge", "webhook"};
    options.label_selector = "a=b";
    options.keeps_authority = keeps_authority;
    options.keeps_definitions = keeps_definitions;
    options.wall_clock = [this] { return now_; };
    options_ = options;
    keeper_.emplace(world_, std::move(options), [this](const Pair& pair) { used_.push_back(pair); });
    keeper_->Start();
  }
  std::string Asked() const { return Cat(world_.Only().method, " ", world_.Only().path); }
  void AnswerDefinitions(const Json& items) {
    ASSERT_EQ(Asked(), Cat("GET ", kDefinitions, "?labelSelector=a%3Db"));
    ASSERT_TRUE(world_.Answer(200, Json{{"items", items}}.dump()));
  }
  Json Client(const Pair& authority) const {
    return {
        {"caBundle", absl::Base64Escape(authority.certificate)},
        {"service", {{"name", "webhook"}, {"namespace", "edge"}, {"path", "/webhooks/crd-convert"}, {"port", 443}}}};
  }

  int64_t now_ = kNow;
  const Pair good_ = MakeAuthority(kNow, {});
  kube::FakeLoop world_;
  KeeperOptions options_;
  std::vector<Pair> used_;
  std::optional<Keeper> keeper_;
};

TEST_F(KeeperTest, MakesAnAuthorityWhenThereIsNone) {
  Begin();
  EXPECT_EQ(Asked(), Cat("GET ", kSecret));
  ASSERT_TRUE(world_.Answer(404, "{}"));
  ASSERT_EQ(Asked(), Cat("POST ", kSecrets));
  const Json sent = Json::parse(world_.Only().body);
  EXPECT_EQ(sent["type"], "kubernetes.io/tls");
  ASSERT_TRUE(world_.Answer(201, "{}"));
  ASSERT_EQ(used_.size(), 1u);
  EXPECT_TRUE(CheckAuthority(used_[0], kNow).ok());
  EXPECT_EQ(sent["data"]["tls.crt"], absl::Base64Escape(used_[0].certificate));
  EXPECT_FALSE(keeper_->ready());
  AnswerDefinitions(Json::array());
  EXPECT_TRUE(keeper_->ready());
}

TEST_F(KeeperTest, TakesTheAuthorityOfAReplicaThatWasFaster) {
  Begin();
  ASSERT_TRUE(world_.Answer(404, "{}"));
  ASSERT_TRUE(world_.Answer(409, "{}"));
  EXPECT_EQ(Asked(), Cat("GET ", kSecret));
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  EXPECT_EQ(used_, std::vector<Pair>{good_});
}

TEST_F(KeeperTest, ReplacesAnAuthorityThatExpiresOrCannotBeRead) {
  for (const std::string& before : {SecretText(good_), SecretText({"x", "y"}), std::string(R"({"data":null})")}) {
    now_ = kNow + kAuthorityLife - kDay;
    Begin();
    ASSERT_TRUE(world_.Answer(200, before));
    ASSERT_EQ(Asked(), Cat("PUT ", kSecret));
    const Json sent = Json::parse(world_.Only().body);
    if (before.find("resourceVersion") != std::string::npos) {
      EXPECT_EQ(sent["metadata"]["resourceVersion"], "7") << "so that two cannot both write";
    }
    ASSERT_TRUE(world_.Answer(200, "{}"));
    EXPECT_TRUE(CheckAuthority(used_.back(), now_).ok());
    keeper_.reset();
  }
}

TEST_F(KeeperTest, PatchesDefinitionsUntilNothingDiffers) {
  Begin();
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  const Json same = Definition("same", Webhook(Client(good_)));
  Json by_url = Definition("url", Webhook({{"url", "https://x"}}));
  AnswerDefinitions({same, Definition("old", Webhook(Client(MakeAuthority(kNow, {})))), by_url,
                     Definition("none", {{"strategy", "None"}}), Definition("one", Webhook({}), "getambassador.io", 1),
                     Definition("foreign", Webhook({}), "example.com")});
  EXPECT_EQ(Asked(), Cat("PATCH ", kDefinitions, "/url"));
  EXPECT_EQ(world_.Only().content_type, "application/merge-patch+json");
  by_url.merge_patch(Json::parse(world_.Only().body));
  EXPECT_EQ(by_url["spec"]["conversion"], Webhook(Client(good_)));
  ASSERT_TRUE(world_.Answer(403, "denied"));
  EXPECT_EQ(Asked(), Cat("PATCH ", kDefinitions, "/old")) << "one that fails does not hold up the others";
  ASSERT_TRUE(world_.Answer(200, "{}"));
  EXPECT_FALSE(keeper_->ready());
  EXPECT_NE(keeper_->trouble().find("url: status 403: denied"), std::string::npos) << keeper_->trouble();
  EXPECT_EQ(world_.AdvanceToNextTimer(), Keeper::kInterval);
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  const size_t requests = world_.history().size();
  AnswerDefinitions({same, by_url});
  EXPECT_TRUE(keeper_->ready());
  EXPECT_EQ(keeper_->trouble(), "");
  EXPECT_EQ(world_.history().size(), requests) << "nothing is written";
  EXPECT_EQ(used_.size(), 1u);
}

TEST_F(KeeperTest, StaysReadyWhileTheApiServerIsAway) {
  Begin();
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  AnswerDefinitions(Json::array());
  world_.AdvanceToNextTimer();
  ASSERT_TRUE(world_.End(absl::UnavailableError("away")));
  EXPECT_TRUE(keeper_->ready());
  EXPECT_NE(keeper_->trouble(), "");
  world_.AdvanceToNextTimer();
  EXPECT_EQ(Asked(), Cat("GET ", kSecret));
}

TEST_F(KeeperTest, WritesNothingWhenThatIsAnothersTask) {
  Begin(false, false);
  ASSERT_TRUE(world_.Answer(404, "{}"));
  EXPECT_FALSE(keeper_->ready());
  world_.AdvanceToNextTimer();
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  AnswerDefinitions(Json::array({Definition("old", Webhook({}))}));
  EXPECT_FALSE(keeper_->ready());
  world_.AdvanceToNextTimer();
  ASSERT_TRUE(world_.Answer(200, SecretText(good_)));
  AnswerDefinitions(Json::array({Definition("old", Webhook(Client(good_)))}));
  EXPECT_TRUE(keeper_->ready());
  for (const kube::Request& request : world_.history()) EXPECT_EQ(request.method, "GET");
}

}  // namespace
}  // namespace nuncio::apiext
