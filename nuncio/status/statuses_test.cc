#include "nuncio/status/statuses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/base/text.h"
#include "nuncio/resource/decode.h"
#include "nuncio/store/store.h"

namespace nuncio::status {
namespace {

using ir::Severity;
using testing::ElementsAre;

std::string Object(const std::string& kind, const std::string& name, int generation, const std::string& spec) {
  return Cat("{apiVersion: getambassador.io/v3alpha1, kind: ", kind, ", metadata: {name: ", name,
             ", namespace: a, uid: uid-", name, ", generation: ", generation, "}, spec: {", spec, "}}\n");
}
std::string Mapping(int generation, const std::string& more = "") {
  return Object("Mapping", "m", generation, Cat("hostname: '*', prefix: /, service: s", more));
}

// Reads each text in turn, as the file that it replaces.
store::SnapshotPtr Snapshot(const std::vector<std::string>& texts) {
  store::Store store;
  for (const std::string& text : texts) {
    std::vector<resource::Decoded> objects;
    for (const YamlDocument& document : ReadYaml(text).documents) {
      for (resource::Decoded& decoded : resource::Decode(document, "")) objects.push_back(std::move(decoded));
    }
    store.PutFile("f", std::move(objects));
  }
  return store.Snapshot();
}

ir::Finding Finding(Severity severity, const std::string& code, const std::string& kind = "Mapping",
                    const std::string& name = "m") {
  return {severity, code, {kind, "a", name, "", 0}, "spec.x", "because"};
}

// "Accepted=True/Accepted Programmed=... ResolvedRefs=... state=Running".
std::string Line(const ObjectStatus& status) {
  std::string line = Cat(status.kind, "/", status.key.name, "@", status.generation);
  for (const Type type : kTypes) {
    const Condition& condition = status.of(type);
    line += Cat(" ", kTypeNames[static_cast<size_t>(type)], "=", kTruthNames[static_cast<size_t>(condition.truth)], "/",
                condition.reason);
  }
  for (const auto& [name, value] : status.fields) line += Cat(" ", name, "=", value);
  return line;
}

struct Case {
  const char* name;
  std::vector<std::string> texts;
  std::vector<std::string> acknowledged;  // none: Envoy has nothing yet
  std::set<Name> in_envoy;
  ir::Findings findings;
  ir::Findings refused;
  std::vector<std::string> want;
};

const Name kM = {"Mapping", "a", "m"};

void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

class StatusesTest : public testing::TestWithParam<Case> {};

TEST_P(StatusesTest, Says) {
  const Case& test = GetParam();
  const store::SnapshotPtr snapshot = Snapshot(test.texts);
  Acknowledged acknowledged;
  if (!test.acknowledged.empty()) acknowledged.snapshot = Snapshot(test.acknowledged);
  acknowledged.in_envoy = test.in_envoy;
  const std::vector<ObjectStatus> statuses =
      StatusesOf({*snapshot, test.findings, test.refused, acknowledged, "default"});
  std::vector<std::string> lines;
  for (const ObjectStatus& status : statuses) lines.push_back(Line(status));
  EXPECT_EQ(lines, test.want);
}

const Case kCases[] = {
    {"acknowledged",
     {Mapping(3)},
     {Mapping(3)},
     {kM},
     {},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=True/ResolvedRefs reason= "
      "state=Running"}},
    {"nothing acknowledged yet",
     {Mapping(3)},
     {},
     {},
     {},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=Unknown/Pending ResolvedRefs=True/ResolvedRefs reason=Pending: "
      "Envoy has not acknowledged it yet. state=Inactive"}},
    {"an older generation is acknowledged",
     {Mapping(4)},
     {Mapping(3)},
     {kM},
     {},
     {},
     {"Mapping/m@4 Accepted=True/Accepted Programmed=Unknown/Pending ResolvedRefs=True/ResolvedRefs reason=Pending: "
      "Envoy has not acknowledged it yet. state=Inactive"}},
    {"refused by Envoy",
     {Mapping(3)},
     {Mapping(3)},
     {kM},
     {},
     {Finding(Severity::kError, "envoy-refused")},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=False/EnvoyRefused ResolvedRefs=True/ResolvedRefs "
      "reason=EnvoyRefused: spec.x: because state=Inactive"}},
    {"left out before Envoy",
     {Mapping(3)},
     {Mapping(3)},
     {},
     {Finding(Severity::kError, "envoy-invalid")},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=False/EnvoyInvalid ResolvedRefs=True/ResolvedRefs "
      "reason=EnvoyInvalid: spec.x: because state=Inactive"}},
    {"an error of its own",
     {Mapping(3)},
     {Mapping(3)},
     {},
     {Finding(Severity::kError, "mapping-invalid")},
     {},
     {"Mapping/m@3 Accepted=False/MappingInvalid Programmed=False/MappingInvalid ResolvedRefs=True/ResolvedRefs "
      "reason=MappingInvalid: spec.x: because state=Inactive"}},
    {"a reference that is not there, and it is served",
     {Mapping(3)},
     {Mapping(3)},
     {kM},
     {Finding(Severity::kError, "service-port-missing")},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=False/ServicePortMissing "
      "reason=ServicePortMissing: spec.x: because state=Running"}},
    {"a reference that is not there, and it is not",
     {Mapping(3)},
     {Mapping(3)},
     {},
     {Finding(Severity::kError, "resolver-missing")},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=False/ResolverMissing ResolvedRefs=False/ResolverMissing "
      "reason=ResolverMissing: spec.x: because state=Inactive"}},
    {"no Host takes it",
     {Mapping(3)},
     {Mapping(3)},
     {},
     {Finding(Severity::kWarning, "field-without-effect"), Finding(Severity::kWarning, "mapping-unreachable")},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=False/MappingUnreachable ResolvedRefs=True/ResolvedRefs "
      "reason=MappingUnreachable: spec.x: because state=Inactive"}},
    {"nothing comes from it, and no finding says why",
     {Mapping(3)},
     {Mapping(3)},
     {},
     {},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=False/NotInUse ResolvedRefs=True/ResolvedRefs reason=NotInUse: "
      "No request gets to it: no listener and no route of Envoy comes from it. state=Inactive"}},
    {"somebody else's finding",
     {Mapping(3)},
     {Mapping(3)},
     {kM},
     {Finding(Severity::kError, "mapping-invalid", "Mapping", "n"), Finding(Severity::kError, "host-invalid", "Host")},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=True/ResolvedRefs reason= "
      "state=Running"}},
    {"unreadable from the beginning",
     {Mapping(3, ", timeout_ms: x")},
     {Mapping(3, ", timeout_ms: x")},
     {},
     {Finding(Severity::kError, "schema")},
     {},
     {"Mapping/m@3 Accepted=False/Schema Programmed=False/Schema ResolvedRefs=Unknown/Schema reason=Schema: spec.x: "
      "because state=Inactive"}},
    {"unreadable since this generation",
     {Mapping(3), Mapping(4, ", timeout_ms: x")},
     {Mapping(3)},
     {kM},
     {Finding(Severity::kError, "schema")},
     {},
     {"Mapping/m@4 Accepted=False/Schema Programmed=False/LastGoodServes ResolvedRefs=Unknown/Schema "
      "reason=LastGoodServes: An earlier version of the object is served until this one is repaired. state=Inactive"}},
    {"another AMBASSADOR_ID", {Mapping(3, ", ambassador_id: [other]")}, {}, {}, {}, {}, {}},
    {"of all AMBASSADOR_IDs",
     {Mapping(3, ", ambassador_id: [_automatic_]")},
     {},
     {},
     {},
     {},
     {"Mapping/m@3 Accepted=True/Accepted Programmed=Unknown/Pending ResolvedRefs=True/ResolvedRefs reason=Pending: "
      "Envoy has not acknowledged it yet. state=Inactive"}},
    {"from a file",
     {"{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m}, spec: {hostname: '*', "
      "prefix: /, service: s}}"},
     {},
     {},
     {},
     {},
     {}},
    {"a Host that is served",
     {Object("Host", "h", 1, "hostname: h")},
     {Object("Host", "h", 1, "hostname: h")},
     {{"Host", "a", "h"}},
     {},
     {},
     {"Host/h@1 Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=True/ResolvedRefs errorReason= "
      "state=Ready"}},
    {"a Host before Envoy is there",
     {Object("Host", "h", 1, "hostname: h")},
     {},
     {},
     {},
     {},
     {"Host/h@1 Accepted=True/Accepted Programmed=Unknown/Pending ResolvedRefs=True/ResolvedRefs errorReason= "
      "state=Pending"}},
    {"a Host without its Secret",
     {Object("Host", "h", 1, "hostname: h")},
     {Object("Host", "h", 1, "hostname: h")},
     {},
     {Finding(Severity::kError, "secret-missing", "Host", "h")},
     {},
     {"Host/h@1 Accepted=True/Accepted Programmed=False/SecretMissing ResolvedRefs=False/SecretMissing "
      "errorReason=SecretMissing: spec.x: because state=Error"}},
    {"a Module is part of others",
     {Object("Module", "ambassador", 1, "config: {}")},
     {Object("Module", "ambassador", 1, "config: {}")},
     {},
     {},
     {},
     {"Module/ambassador@1 Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=True/ResolvedRefs"}},
    {"a kind that is not built",
     {Object("AuthService", "s", 1, "auth_service: s")},
     {},
     {},
     {},
     {},
     {"AuthService/s@1 Accepted=False/NotBuilt Programmed=False/NotBuilt ResolvedRefs=True/ResolvedRefs"}},
};
INSTANTIATE_TEST_SUITE_P(All, StatusesTest, testing::ValuesIn(kCases));

TEST(StatusesOf, TellsAdviceAndIsBounded) {
  const store::SnapshotPtr snapshot = Snapshot({Mapping(1)});
  ir::Finding advice = Finding(Severity::kWarning, "mapping-unreachable");
  advice.message = std::string(kMessageBytes - 12, 'x') + "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4";
  const ir::Findings findings = {advice, Finding(Severity::kNotice, "field-without-effect")};
  const std::vector<ObjectStatus> statuses = StatusesOf({*snapshot, findings, {}, {}, "default"});
  const Condition& accepted = statuses.at(0).of(Type::kAccepted);
  EXPECT_EQ(accepted.truth, Truth::kTrue);
  EXPECT_EQ(accepted.message.substr(0, 9), "spec.x: x");
  EXPECT_LE(accepted.message.size(), kMessageBytes);
  EXPECT_EQ(accepted.message.substr(accepted.message.size() - 4), "x...") << "no half of a character";
}

TEST(StatusesOf, ARecreatedObjectIsAnother) {
  const store::SnapshotPtr before = Snapshot({Mapping(1)});
  std::string again = Mapping(1);
  again.replace(again.find("uid-m"), 5, "uid-n");
  const store::SnapshotPtr now = Snapshot({again});
  const Acknowledged acknowledged{before, std::set<Name>{kM}};
  EXPECT_EQ(StatusesOf({*now, {}, {}, acknowledged, "default"}).at(0).of(Type::kProgrammed).truth, Truth::kUnknown);
}

}  // namespace
}  // namespace nuncio::status
