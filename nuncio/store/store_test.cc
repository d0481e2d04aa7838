#include "nuncio/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "nuncio/base/json.h"
#include "nuncio/base/test_certificates.h"
#include "nuncio/base/text.h"

namespace nuncio::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<resource::Decoded> Objects(const std::string& file, std::string_view text) {
  std::vector<resource::Decoded> out;
  for (const YamlDocument& document : ReadYaml(text).documents) {
    for (auto& one : resource::Decode(document, file)) out.push_back(std::move(one));
  }
  return out;
}

std::string Mapping(std::string_view name, std::string_view prefix) {
  return Cat("---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: ", name,
             "}, spec: {prefix: ", prefix, ", service: s}}\n");
}

void Put(Store& store, const std::string& file, std::string_view text) { store.PutFile(file, Objects(file, text)); }

// "name prefix" of every Mapping, in the table's order.
std::vector<std::string> Mappings(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const auto& mapping : snapshot.mappings) out.push_back(Cat(mapping->meta.name, " ", mapping->prefix));
  return out;
}

// "file:line code[ kept] path" of every problem.
std::vector<std::string> Problems(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const SourceProblem& p : snapshot.problems) {
    out.push_back(
        Cat(*p.source.file, ":", p.source.line, " ", p.code, p.last_good_serves ? " kept " : " ", p.error.path));
  }
  return out;
}

TEST(Store, ServesWhatFilesHold) {
  Store store;
  Put(store, "b", Mapping("z", "/z") + Mapping("a", "/a"));
  Put(store, "a", Mapping("m", "/m") + "---\n{apiVersion: v1, kind: Secret, metadata: {name: s}}\n");
  const SnapshotPtr first = store.Snapshot();
  EXPECT_THAT(Mappings(*first), ElementsAre("a /a", "m /m", "z /z"));
  EXPECT_NE(first->secrets.Find({"default", "s"}), nullptr);
  Put(store, "b", Mapping("a", "/b"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /b", "m /m"));
  store.RemoveFile("a");
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /b"));
  EXPECT_TRUE(store.Snapshot()->secrets.empty());
  // What was handed out does not change.
  EXPECT_THAT(Mappings(*first), ElementsAre("a /a", "m /m", "z /z"));
}

TEST(Store, KeepsThePointerOfWhatMeansTheSame) {
  Store store;
  Put(store, "f", Mapping("a", "/a") + Mapping("b", "/b"));
  const SnapshotPtr before = store.Snapshot();
  Put(store, "f", "# a comment moves every line\n" + Mapping("a", "/a") + Mapping("b", "/c"));
  const SnapshotPtr after = store.Snapshot();
  EXPECT_EQ(before->mappings.Find({"default", "a"}), after->mappings.Find({"default", "a"}));
  EXPECT_NE(before->mappings.Find({"default", "b"}), after->mappings.Find({"default", "b"}));
}

TEST(Store, KeepsTheLastGoodVersionOfAnObject) {
  Store store;
  Put(store, "f", Mapping("a", "/a") + Mapping("b", "/b"));
  Put(store, "f", Mapping("a", "[]") + Mapping("b", "/c"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /a", "b /c"));
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:2 schema kept spec.prefix"));
  Put(store, "f", Mapping("b", "/c"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("b /c"));
  EXPECT_THAT(Problems(*store.Snapshot()), IsEmpty());
  // Never good here: there is nothing to keep.
  Put(store, "f", Mapping("a", "[]"));
  EXPECT_THAT(Mappings(*store.Snapshot()), IsEmpty());
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:2 schema spec.prefix"));
}

std::string Secret(const std::string& chain, const std::string& key) {
  const Json secret = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", {{"name", "s"}}},
                       {"stringData", {{"tls.crt", chain}, {"tls.key", key}}}};
  return "---\n" + secret.dump() + "\n";
}

TEST(Store, KeepsTheLastPairOfASecretWhileTheNextIsHalfWritten) {
  const TestPair old = MakePair();
  const TestPair fresh = MakePair();
  Store store;
  const auto chain = [&] { return store.Snapshot()->secrets.Find({"default", "s"})->data.at("tls.crt"); };
  // Never good here: taken as it is, and judged where it is used.
  Put(store, "f", Secret(fresh.chain, old.key));
  EXPECT_EQ(chain(), fresh.chain);
  EXPECT_THAT(Problems(*store.Snapshot()), IsEmpty());

  Put(store, "f", Secret(old.chain, old.key));
  Put(store, "f", Secret(fresh.chain, old.key));
  EXPECT_EQ(chain(), old.chain);
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:2 secret-invalid kept data"));
  EXPECT_THAT(store.Snapshot()->problems[0].error.message, testing::HasSubstr("tls.crt belongs to another key"));
  // Whatever else the file says meanwhile.
  Put(store, "f", Mapping("a", "/a") + Secret(fresh.chain, old.key));
  EXPECT_EQ(chain(), old.chain);
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /a"));
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:4 secret-invalid kept data"));

  Put(store, "f", Secret(fresh.chain, fresh.key));
  EXPECT_EQ(chain(), fresh.chain);
  EXPECT_THAT(Problems(*store.Snapshot()), IsEmpty());
}

TEST(Store, KeepsAFileThatCannotBeRead) {
  Store store;
  Put(store, "f", Mapping("a", "/a"));
  const SourceProblem fault{"", {}, {"f", 7}, {FieldErrors::Weight::kError, "", "broken"}, false, "parse"};
  store.PutFault("f", fault);
  store.PutFault("g", {"", {}, {"g", 1}, {FieldErrors::Weight::kError, "", "broken"}, false, "parse"});
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /a"));
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:7 parse kept ", "g:1 parse "));
  Put(store, "f", Mapping("a", "[]"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("a /a"));
  store.RemoveFile("f");
  store.RemoveFile("g");
  EXPECT_THAT(Mappings(*store.Snapshot()), IsEmpty());
  EXPECT_THAT(Problems(*store.Snapshot()), IsEmpty());
}

TEST(Store, TheFirstOfSeveralDefinitionsServes) {
  Store store;
  Put(store, "b", Mapping("x", "/b"));
  Put(store, "c", Mapping("x", "/c1") + Mapping("x", "/c2"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("x /b"));
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("c:2 duplicate ", "c:4 duplicate "));
  EXPECT_THAT(store.Snapshot()->problems[0].error.message, testing::HasSubstr("b:2"));
  Put(store, "a", Mapping("x", "/a"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("x /a"));
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("b:2 duplicate ", "c:2 duplicate ", "c:4 duplicate "));
  store.RemoveFile("a");
  store.RemoveFile("b");
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("x /c1"));
  Put(store, "c", Mapping("x", "/c2"));
  EXPECT_THAT(Mappings(*store.Snapshot()), ElementsAre("x /c2"));
  EXPECT_THAT(Problems(*store.Snapshot()), IsEmpty());
}

TEST(Store, TellsUnbuiltObjectsOfTwoGroupsApart) {
  Store store;
  Put(store, "f",
      "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}}\n---\n"
      "{apiVersion: networking.internal.knative.dev/v1alpha1, kind: Ingress, metadata: {name: i}}\n---\n"
      "{apiVersion: getambassador.io/v3alpha1, kind: AuthService, metadata: {name: z}}\n");
  const SnapshotPtr snapshot = store.Snapshot();
  ASSERT_EQ(snapshot->unbuilt.size(), 3u);
  EXPECT_EQ(snapshot->unbuilt[0]->kind, "AuthService");
  EXPECT_THAT(Problems(*snapshot), IsEmpty());
  store.RemoveFile("f");
  EXPECT_THAT(store.Snapshot()->unbuilt, IsEmpty());
}

TEST(Store, GivesEveryProblemItsCode) {
  Store store;
  Put(store, "f",
      "{apiVersion: getambassador.io/v0, kind: Mapping, metadata: {name: a}}\n---\n"
      "{apiVersion: getambassador.io/v3alpha1, kind: Nothing, metadata: {name: a}}\n---\n"
      "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: a}, spec: {what: 1}}\n---\n"
      "{apiVersion: v1, kind: Service}\n");
  EXPECT_THAT(Problems(*store.Snapshot()), ElementsAre("f:1 unsupported-version apiVersion", "f:3 unknown-kind kind",
                                                       "f:5 unknown-field spec.what", "f:7 schema metadata"));
}

TEST(Store, DoesNotDependOnTheOrderOfFiles) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 0; i < 12; ++i) {
    const std::string name = Cat("f", i);
    files.emplace_back(name, Mapping(Cat("own", i), "/o") + Mapping(Cat("shared", i % 3), Cat("/", i)) +
                                 (i % 4 == 0 ? Mapping("bad", "[]") : ""));
  }
  std::vector<std::string> mappings, problems;
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    Store store;
    for (const auto& [name, text] : files) Put(store, name, text);
    const SnapshotPtr snapshot = store.Snapshot();
    if (round == 0) {
      mappings = Mappings(*snapshot);
      problems = Problems(*snapshot);
      EXPECT_EQ(mappings.size(), 15u);
      EXPECT_EQ(problems.size(), 12u);
    }
    EXPECT_EQ(Mappings(*snapshot), mappings);
    EXPECT_EQ(Problems(*snapshot), problems);
    std::shuffle(files.begin(), files.end(), random);
  }
}

}  // namespace
}  // namespace nuncio::store
