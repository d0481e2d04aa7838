#include "nuncio/translate/translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nuncio/ir/dump.h"
#include "nuncio/translate/emissary/test_certificates.h"
#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate {
namespace {

using emissary::Emissary;
using emissary::SnapshotOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const char kListener[] =
    "---\n{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: default}, spec: "
    "{port: 8443, "
    "protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}\n";

std::vector<std::string> Lines(const ir::Findings& findings) {
  std::vector<std::string> lines;
  for (const ir::Finding& finding : findings) {
    lines.push_back(Cat(finding.code, " ", finding.object.kind, " ", finding.object.name, " ", finding.field));
  }
  return lines;
}

TEST(Translate, TellsWhatTheSourceCouldNotTake) {
  store::Snapshot snapshot = SnapshotOf(kListener);
  const auto problem = [](FieldErrors::Weight weight, bool last_good) {
    return store::SourceProblem{"Mapping", {"default", "h"}, {"a.yaml", 3}, {weight, "spec.x", "is wrong"},
                                last_good, "schema"};
  };
  snapshot.problems = {problem(FieldErrors::Weight::kError, true), problem(FieldErrors::Weight::kWarning, false)};
  const Translation translation = Translate(snapshot, {});
  ASSERT_EQ(translation.findings.size(), 2U);
  EXPECT_EQ(translation.findings[0].severity, ir::Severity::kError);
  EXPECT_THAT(translation.findings[0].message, HasSubstr("the last good version serves"));
  EXPECT_EQ(translation.findings[0].object, (ir::Origin{"Mapping", "default", "h", "a.yaml", 3}));
  EXPECT_EQ(translation.findings[1].severity, ir::Severity::kWarning);
  EXPECT_EQ(translation.findings[1].message, "is wrong");
}

TEST(Translate, OpensNothingInPlaceOfAHostThatCannotBeRead) {
  store::Snapshot snapshot = SnapshotOf(kListener);
  EXPECT_EQ(Translate(snapshot, {}).model.listeners.size(), 1U);  // no Host at all: the default Host
  snapshot.problems = {
      {"Host", {"default", "h"}, {"a.yaml", 3}, {FieldErrors::Weight::kError, "spec", "is wrong"}, false, "schema"}};
  EXPECT_THAT(Translate(snapshot, {}).model.listeners, IsEmpty());
}

// An API server that denies a kind says nothing about its objects: what is known of them goes on.
TEST(Translate, AKindThatIsDeniedIsToldAndChangesNothing) {
  store::Snapshot snapshot = SnapshotOf(kListener);
  const ir::Model before = Translate(snapshot, {}).model;
  for (const char* kind : {"AuthService", "Host", "Mapping", "Secret"}) {
    store::SourceProblem problem{kind, {}, {}, {FieldErrors::Weight::kError, "", "is forbidden"}, false, "unreadable"};
    problem.of_kind = true;
    snapshot.problems = {problem};
    const Translation translation = Translate(snapshot, {});
    EXPECT_EQ(ir::ToJson(translation.model), ir::ToJson(before)) << kind;
    EXPECT_EQ(Lines(translation.findings), std::vector<std::string>{Cat("unreadable ", kind, "  ")});
  }
}

TEST(Translate, TellsOfKindsThatAreNotBuiltYet) {
  const std::string limit = Emissary("RateLimitService", "a", "service: x");
  EXPECT_THAT(Lines(Translate(SnapshotOf(kListener + limit), {}).findings),
              ElementsAre("not-built RateLimitService a "));
  const std::string of_another = Emissary("RateLimitService", "a", "service: x, ambassador_id: [other]");
  EXPECT_THAT(Translate(SnapshotOf(kListener + of_another), {}).findings, IsEmpty());
}

TEST(Translate, ReadsTheFirstModuleOfItsName) {
  const std::string modules = Emissary("Module", "ambassador", "config: {server_name: one}", "a") +
                              Emissary("Module", "ambassador", "config: {server_name: two}", "b") +
                              Emissary("Module", "other", "config: {}");
  const Translation translation = Translate(SnapshotOf(kListener + modules), {});
  EXPECT_EQ(translation.model.listeners.at(0).http.server_name, "one");
  EXPECT_THAT(Lines(translation.findings), UnorderedElementsAre("module-ignored Module ambassador metadata.name",
                                                                "module-ignored Module other metadata.name"));
}

TEST(Translate, TakesObjectsOfItsIdOnly) {
  Options options;
  options.ambassador_id = "other";
  const Translation translation = Translate(SnapshotOf(kListener), options);
  EXPECT_THAT(translation.model.listeners, IsEmpty());
  EXPECT_THAT(Lines(translation.findings), ElementsAre("listener-missing Listener  "));
}

TEST(Translate, SendsTheSecretsThatAreUsed) {
  const std::string manifests =
      std::string(kListener) + Emissary("Host", "h", "hostname: a.com, tlsSecret: {name: used}") +
      Emissary("TLSContext", "idle", "secret: idle") + TlsSecret("used") + TlsSecret("idle") + TlsSecret("unnamed");
  const Translation translation = Translate(SnapshotOf(manifests), {});
  ASSERT_EQ(translation.model.secrets.size(), 1U);
  EXPECT_EQ(translation.model.secrets[0]->id.value, "secret/default/used/certificate");
  EXPECT_THAT(translation.findings, IsEmpty());
}

TEST(Translate, ARotatedCertificateChangesNothingButTheSecret) {
  const std::string host = std::string(kListener) + Emissary("Host", "h", "hostname: a.com, tlsSecret: {name: s}");
  const Translation before = Translate(SnapshotOf(host + TlsSecret("s")), {});
  const Translation after = Translate(SnapshotOf(host + TlsSecret("s", "default", MakePair())), {});
  // Routes are compared by what they say, not by where they are.
  EXPECT_EQ(ir::ToJson(before.model).at("listeners"), ir::ToJson(after.model).at("listeners"));
  EXPECT_NE(*before.model.secrets.at(0), *after.model.secrets.at(0));
}

}  // namespace
}  // namespace nuncio::translate
