#include "nuncio/status/document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nuncio::status {
namespace {

ObjectStatus Running() {
  ObjectStatus status;
  status.kind = "Mapping";
  status.key = {"a", "m"};
  status.uid = "u";
  status.generation = 3;
  status.of(Type::kAccepted) = {Truth::kTrue, "Accepted", ""};
  status.of(Type::kProgrammed) = {Truth::kTrue, "Programmed", "Envoy has acknowledged it."};
  status.of(Type::kResolvedRefs) = {Truth::kTrue, "ResolvedRefs", ""};
  status.fields = {{"reason", ""}, {"state", "Running"}};
  return status;
}

Json Applied(const ObjectStatus& status, const Seen& seen, int64_t now) {
  return Json::parse(ApplyBody(status, "getambassador.io/v3alpha1", After(status, seen, now)));
}

TEST(Document, IsWhatTheServerIsToHave) {
  const Json want = Json::parse(R"({
    "apiVersion": "getambassador.io/v3alpha1", "kind": "Mapping",
    "metadata": {"name": "m", "namespace": "a", "uid": "u"},
    "status": {"state": "Running", "reason": "", "conditions": [
      {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "", "observedGeneration": 3,
       "lastTransitionTime": "2026-01-02T03:04:05Z"},
      {"type": "Programmed", "status": "True", "reason": "Programmed", "message": "Envoy has acknowledged it.",
       "observedGeneration": 3, "lastTransitionTime": "2026-01-02T03:04:05Z"},
      {"type": "ResolvedRefs", "status": "True", "reason": "ResolvedRefs", "message": "", "observedGeneration": 3,
       "lastTransitionTime": "2026-01-02T03:04:05Z"}]}})");
  EXPECT_EQ(Applied(Running(), {}, 1767323045), want);
}

TEST(Document, WhatWasWrittenIsSeen) {
  const Seen after = After(Running(), {}, 1767323045);
  Json status = Applied(Running(), {}, 1767323045)["status"];
  EXPECT_EQ(SeenOf("Mapping", status), after);
  EXPECT_EQ(after.digest, DigestOf(Running()));

  status["conditions"].push_back({{"type", "Other"}, {"status", "True"}});
  status["loadBalancer"] = Json::object();
  EXPECT_EQ(SeenOf("Mapping", status), after) << "what others write does not count";
}

TEST(Document, OfAnIngressItsAddressesAlone) {
  ObjectStatus status;
  status.kind = "Ingress";
  status.key = {"a", "i"};
  status.addresses = {{"", "lb.example.com"}, {"203.0.113.7", ""}};
  const std::string body = ApplyBody(status, "networking.k8s.io/v1", After(status, {}, 100));
  EXPECT_EQ(Json::parse(body), Json::parse(R"({
    "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i", "namespace": "a"},
    "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}, {"ip": "203.0.113.7"}]}}})"));

  EXPECT_NE(SeenOf("Ingress", Json::parse(R"({"loadBalancer": {}})")).digest, DigestOf(status));
  EXPECT_EQ(SeenOf("Ingress", Json::parse(body)["status"]).digest, DigestOf(status));
  const Json reordered =
      Json::parse(R"({"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}, {"hostname": "lb.example.com"}]}})");
  EXPECT_EQ(SeenOf("Ingress", reordered).digest, DigestOf(status)) << "nothing to write";
  EXPECT_EQ(SeenOf("Ingress", Json::object()).digest, 0u);
}

TEST(Document, TimesMoveOnlyWithTheTruth) {
  const Seen first = After(Running(), {}, 100);
  ObjectStatus changed = Running();
  changed.generation = 4;
  changed.of(Type::kAccepted).message = "advice";
  changed.of(Type::kProgrammed) = {Truth::kFalse, "EnvoyRefused", "no"};
  const Seen second = After(changed, first, 200);
  EXPECT_NE(second.digest, first.digest);
  EXPECT_EQ(second.conditions[0].time, 100);
  EXPECT_EQ(second.conditions[1].time, 200);
  EXPECT_EQ(second.conditions[2].time, 100);
}

TEST(Document, EveryPartCounts) {
  const uint64_t digest = DigestOf(Running());
  const auto differs = [&](void (*change)(ObjectStatus&)) {
    ObjectStatus status = Running();
    change(status);
    return DigestOf(status) != digest;
  };
  EXPECT_TRUE(differs([](ObjectStatus& status) { status.generation = 4; }));
  EXPECT_TRUE(differs([](ObjectStatus& status) { status.of(Type::kResolvedRefs).truth = Truth::kFalse; }));
  EXPECT_TRUE(differs([](ObjectStatus& status) { status.of(Type::kResolvedRefs).reason = "x"; }));
  EXPECT_TRUE(differs([](ObjectStatus& status) { status.of(Type::kAccepted).message = "x"; }));
  EXPECT_TRUE(differs([](ObjectStatus& status) { status.fields[1].second = "Inactive"; }));
}

TEST(Document, BearsWhateverTheServerHas) {
  for (const char* text : {"null", "[]", "7", "{}", R"({"conditions": {}})", R"({"conditions": [1, {"type": 3}, {}]})",
                           R"({"conditions": [{"type": "Other", "status": "True"}]})"}) {
    EXPECT_EQ(SeenOf("Mapping", Json::parse(text)), Seen()) << text;
  }
  EXPECT_NE(SeenOf("Mapping", Json::parse(R"({"state": "Running"})")).digest, 0u)
      << "a field of Emissary's to take over";
  EXPECT_EQ(SeenOf("Listener", Json::parse(R"({"state": "Running"})")).digest, 0u);
  ObjectStatus status = Running();
  status.of(Type::kProgrammed).message = "\xff";
  EXPECT_NO_THROW(Applied(status, {}, 1));
}

}  // namespace
}  // namespace nuncio::status
