#include "nuncio/kube/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using ::testing::HasSubstr;

const ServedKind kSecret = {"", "Secret", "v1", "secrets", true};
const ServedKind kService = {"", "Service", "v1", "services", true};

TEST(DecodeTest, WhatAGatewayNeverReadsIsDropped) {
  Decoder decoder;
  const auto event = decoder.ReadEvent(kService, R"({"type":"MODIFIED","object":{
    "kind":"Service","apiVersion":"v1",
    "metadata":{"name":"s","namespace":"n","uid":"u","resourceVersion":"7","generation":2,"labels":{"l":"1"},
      "selfLink":"x","ownerReferences":[{"uid":"o"}],
      "managedFields":[{"manager":"kubectl"}],
      "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","mine":"1"}},
    "spec":{"ports":[{"port":80,"weight":1.5,"big":18446744073709551615,"no":null,"yes":true}]},
    "status":{"loadBalancer":{}}}})");
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->item.object.dump(),
            R"({"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"mine":"1"},"generation":2,)"
            R"("labels":{"l":"1"},"name":"s","namespace":"n","uid":"u"},)"
            R"("spec":{"ports":[{"big":18446744073709551615,"no":null,"port":80,"weight":1.5,"yes":true}]}})");
  EXPECT_EQ(event->item.resource_version, "7");
  EXPECT_EQ(event->item.uid, "u");
  EXPECT_EQ(event->item.key, (resource::ObjectKey{"n", "s"}));
}

TEST(DecodeTest, OfSecretsThatAreNotWantedOnlyTheNameIsRead) {
  Decoder decoder([](const resource::ObjectKey& key) { return key == resource::ObjectKey{"n", "wanted"}; });
  for (const char* name : {"wanted", "other"}) {
    const bool is_wanted = std::string_view(name) == "wanted";
    const std::string object = Cat(R"({"metadata":{"name":")", name,
                                   R"(","namespace":"n","uid":"u","resourceVersion":"7"},"data":{"tls.crt":"YQ=="}})");
    const auto event = decoder.ReadEvent(kSecret, Cat(R"({"type":"ADDED","object":)", object, "}"));
    const auto page = decoder.ReadPage(kSecret, Cat(R"({"metadata":{"resourceVersion":"9"},"items":[)", object, "]}"));
    ASSERT_TRUE(event.ok() && page.ok()) << name;
    for (const Item* item : {&event->item, &page->items.at(0)}) {
      EXPECT_EQ(!item->object.is_null(), is_wanted) << name;
      EXPECT_EQ(item->key.name, name);
      EXPECT_EQ(item->uid, "u");
      EXPECT_EQ(item->resource_version, "7");
      EXPECT_EQ(item->refusal, "");
    }
    // Every other kind is read whole, whatever its names.
    const auto service = decoder.ReadEvent(kService, Cat(R"({"type":"ADDED","object":)", object, "}"));
    EXPECT_FALSE(service->item.object.is_null());
  }
}

TEST(DecodeTest, OfADefinitionItsVersionsAreRead) {
  Decoder decoder;
  const ServedKind kind = {"apiextensions.k8s.io", "CustomResourceDefinition", "v1", "customresourcedefinitions",
                           false};
  const auto page = decoder.ReadPage(kind, R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a.b"},
    "spec":{"group":"b","versions":[{"name":"v2","served":true,"storage":true,"schema":{"openAPIV3Schema":{}}},
      {"name":"v3"},{"storage":7},"x"]}},{"metadata":{"name":"c.d"},"spec":{"versions":7}}]})");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->items.at(0).object.dump(),
            R"({"spec":{"versions":[{"name":"v2","storage":true},{"name":"v3","storage":false},)"
            R"({"name":"","storage":false}]}})");
  EXPECT_EQ(page->items.at(1).object.dump(), R"({"spec":{"versions":[]}})");
}

TEST(DecodeTest, ItemsOfAListAreToldWhatTheyAre) {
  Decoder decoder;
  const auto page = decoder.ReadPage(kService, R"({"kind":"ServiceList","apiVersion":"v1",
    "metadata":{"resourceVersion":"9","continue":"c","remainingItemCount":3},
    "items":[{"metadata":{"name":"s","namespace":"n"},"spec":{}}]})");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->continue_token, "c");
  EXPECT_EQ(page->resource_version, "9");
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].object["kind"], "Service");
  EXPECT_EQ(page->items[0].object["apiVersion"], "v1");
  EXPECT_TRUE(decoder.ReadPage(kService, R"({"metadata":{"resourceVersion":"9"},"items":null})").ok());
}

TEST(DecodeTest, AnObjectThatIsNestedTooDeepIsRefusedByItself) {
  Decoder decoder;
  for (const int depth : {150, 2'000, 9'000}) {
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    const auto page = decoder.ReadPage(
        kService, Cat(R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"bad"},"spec":)", deep,
                      R"(},{"metadata":{"name":"good"},"spec":{}}]})"));
    ASSERT_TRUE(page.ok()) << depth << page.status();
    ASSERT_EQ(page->items.size(), 2u);
    EXPECT_THAT(page->items[0].refusal, HasSubstr("deeper"));
    EXPECT_EQ(page->items[0].key.name, "bad");
    EXPECT_FALSE(page->items[1].object.is_null());
  }
}

TEST(DecodeTest, WhatIsNoEventIsAnError) {
  Decoder decoder;
  for (const char* line :
       {"", "x", "[]", "7", "{}", R"({"type":"ADDED"})", R"({"type":"ADDED","object":7})",
        R"({"type":"ADDED","object":{"metadata":{"name":"a)", "{\"type\":\"ADDED\",\"object\":{\"a\":\"\xff\"}}"}) {
    EXPECT_EQ(decoder.ReadEvent(kService, line).status().code(), absl::StatusCode::kDataLoss) << line;
  }
  for (const char* body : {"", "{}", R"({"metadata":{}})", R"({"metadata":{"resourceVersion":"1"},"items":[)"}) {
    EXPECT_EQ(decoder.ReadPage(kService, body).status().code(), absl::StatusCode::kDataLoss) << body;
  }
}

TEST(DecodeTest, AStatusSaysWhyAndWhen) {
  Decoder decoder;
  const ServerStatus status = decoder.ReadStatus(
      429,
      R"({"kind":"Status","message":"slow down","reason":"TooManyRequests","code":1,"details":{"retryAfterSeconds":3}})");
  EXPECT_EQ(status.code, 429) << "HTTP's own word counts";
  EXPECT_EQ(status.reason, "TooManyRequests");
  EXPECT_EQ(status.retry_after, std::chrono::seconds(3));
  EXPECT_EQ(decoder.ReadStatus(502, "<html>bad gateway").message, "<html>bad gateway");
  EXPECT_TRUE(
      decoder.ReadStatus(504, R"({"kind":"Status","details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}})")
          .too_large_resource_version);
}

}  // namespace
}  // namespace nuncio::kube
