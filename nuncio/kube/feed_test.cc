#include "nuncio/kube/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ServedKind kMapping = {"getambassador.io", "Mapping", "v3alpha1", "mappings", true};

class FeedTest : public ::testing::Test {
 protected:
  // Through the decoder, as it would come: `metadata` and `rest` are more members of the two.
  Item Read(std::string_view name, std::string_view prefix, std::string_view metadata = "",
            std::string_view rest = "") {
    const std::string line = Cat(
        R"({"type":"ADDED","object":{"apiVersion":"getambassador.io/v3alpha1","kind":"Mapping","metadata":{"name":")",
        name, R"(","namespace":"default")", metadata, R"(},"spec":{"service":"s","prefix":")", prefix, R"("})", rest,
        "}}");
    const auto event = decoder_.ReadEvent(kMapping, line);
    EXPECT_TRUE(event.ok()) << event.status();
    return event->item;
  }
  bool Changed() { return feed_.TakeChanged().has_value(); }
  std::vector<std::string> Prefixes() {
    std::vector<std::string> out;
    const store::SnapshotPtr snapshot = store_.Snapshot();
    for (const auto& mapping : snapshot->mappings) out.push_back(mapping->prefix);
    return out;
  }

  Decoder decoder_;
  store::Store store_;
  SecretGate gate_{store_, {}};
  Feed feed_{gate_, "getambassador.io", "Mapping", [] {}};
};

TEST_F(FeedTest, WhatSaysNothingNewIsNoChange) {
  feed_.OnPut(Read("a", "/a/", R"(,"uid":"1","resourceVersion":"5")"));
  EXPECT_TRUE(Changed());
  struct Case {
    const char* name;
    Item item;
    bool change;
  };
  for (Case& c : std::vector<Case>{
           {"sent twice", Read("a", "/a/", R"(,"uid":"1","resourceVersion":"5")"), false},
           {"another version", Read("a", "/a/", R"(,"uid":"1","resourceVersion":"6")"), false},
           {"managedFields", Read("a", "/a/", R"(,"uid":"1","managedFields":[{"manager":"x","fieldsV1":{}}])"), false},
           {"status", Read("a", "/a/", R"(,"uid":"1")", R"(,"status":{"state":"Running"})"), false},
           {"what kubectl applied last",
            Read("a", "/a/", R"(,"uid":"1","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"})"),
            false},
           {"a heartbeat",
            Read("a", "/a/", R"(,"uid":"1","annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"x"})"),
            false},
           {"another annotation", Read("a", "/a/", R"(,"uid":"1","annotations":{"a":"b"})"), true},
           {"its spec", Read("a", "/b/", R"(,"uid":"1","annotations":{"a":"b"})"), true},
           {"another object of that name", Read("a", "/b/", R"(,"uid":"2","annotations":{"a":"b"})"), true},
       }) {
    feed_.OnPut(std::move(c.item));
    EXPECT_EQ(Changed(), c.change) << c.name;
  }
  EXPECT_THAT(Prefixes(), ElementsAre("/b/"));
}

TEST_F(FeedTest, AListTakesAwayWhatIsNotInIt) {
  for (const char* name : {"a", "b", "c"}) feed_.OnPut(Read(name, Cat("/", name, "/")));
  feed_.OnListBegin();
  feed_.OnPut(Read("a", "/a/"));
  feed_.OnPut(Read("d", "/d/"));
  EXPECT_THAT(Prefixes(), ElementsAre("/a/", "/b/", "/c/", "/d/")) << "not before its end";
  feed_.OnListBegin();  // broken off, from scratch
  feed_.OnPut(Read("c", "/new/"));
  feed_.OnListEnd();
  EXPECT_THAT(Prefixes(), ElementsAre("/new/"));
  EXPECT_EQ(feed_.objects(), 1u);
}

TEST_F(FeedTest, AnInvalidObjectLeavesTheLastGoodVersionUnlessItIsAnotherObject) {
  feed_.OnPut(Read("a", "/a/", R"(,"uid":"1")"));
  Item broken = Read("a", "/b/", R"(,"uid":"1")");
  broken.object["spec"]["prefix"] = 7;
  feed_.OnPut(broken);
  EXPECT_THAT(Prefixes(), ElementsAre("/a/"));
  ASSERT_EQ(store_.Snapshot()->problems.size(), 1u);
  EXPECT_TRUE(store_.Snapshot()->problems[0].last_good_serves);
  broken.uid = "2";
  feed_.OnPut(broken);
  EXPECT_THAT(Prefixes(), IsEmpty());
  EXPECT_FALSE(store_.Snapshot()->problems[0].last_good_serves);
}

TEST_F(FeedTest, ARefusedObjectKeepsItsLastGoodVersionThroughAList) {
  feed_.OnPut(Read("a", "/a/"));
  feed_.OnListBegin();
  Item refused = Read("a", "/b/");
  refused.object = nullptr;
  refused.refusal = "is nested deeper than 100 levels";
  feed_.OnPut(refused);
  feed_.OnListEnd();
  EXPECT_THAT(Prefixes(), ElementsAre("/a/"));
  ASSERT_EQ(store_.Snapshot()->problems.size(), 1u);
  EXPECT_EQ(store_.Snapshot()->problems[0].key.name, "a");
  feed_.OnPut(Read("a", "/a/"));
  EXPECT_THAT(store_.Snapshot()->problems, IsEmpty());
}

TEST_F(FeedTest, TheDeletionOfAnEarlierObjectOfThatNameIsNotTheOfThePresentOne) {
  feed_.OnPut(Read("a", "/a/", R"(,"uid":"2")"));
  feed_.OnDelete(Read("a", "/a/", R"(,"uid":"1")"));
  EXPECT_THAT(Prefixes(), ElementsAre("/a/"));
  feed_.OnDelete(Read("a", "/a/", R"(,"uid":"2")"));
  EXPECT_THAT(Prefixes(), IsEmpty());
  EXPECT_TRUE(Changed());
  feed_.OnDelete(Read("a", "/a/", R"(,"uid":"2")"));
  EXPECT_FALSE(Changed());
}

TEST_F(FeedTest, AProblemOfTheKindStandsInTheSnapshotUntilItIsGone) {
  feed_.OnPut(Read("a", "/a/"));
  feed_.SetProblem("is forbidden");
  ASSERT_EQ(store_.Snapshot()->problems.size(), 1u);
  EXPECT_EQ(store_.Snapshot()->problems[0].kind, "Mapping");
  EXPECT_EQ(store_.Snapshot()->problems[0].error.message, "is forbidden");
  EXPECT_THAT(Prefixes(), ElementsAre("/a/"));
  Changed();
  feed_.SetProblem("is forbidden");
  EXPECT_FALSE(Changed());
  feed_.SetProblem("");
  EXPECT_TRUE(Changed());
  EXPECT_THAT(store_.Snapshot()->problems, IsEmpty());
}

TEST_F(FeedTest, AKindThatGoesTakesItsObjectsAlong) {
  feed_.OnPut(Read("a", "/a/"));
  Item huge;
  huge.refusal = "is larger than 8 MiB";
  feed_.OnPut(huge);
  EXPECT_EQ(store_.Snapshot()->problems.size(), 1u);
  feed_.Clear();
  EXPECT_THAT(Prefixes(), IsEmpty());
  EXPECT_THAT(store_.Snapshot()->problems, IsEmpty());
  EXPECT_EQ(feed_.objects(), 0u);
}

}  // namespace
}  // namespace nuncio::kube
