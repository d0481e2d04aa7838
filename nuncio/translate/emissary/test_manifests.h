#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nuncio/base/text.h"
#include "nuncio/resource/decode.h"
#include "nuncio/translate/emissary/context.h"
#include "nuncio/translate/emissary/mapping_groups.h"

namespace nuncio::translate::emissary {

// A snapshot of manifests that are written in a test. Every object must decode without a problem.
inline store::Snapshot SnapshotOf(std::string_view text) {
  store::Snapshot snapshot;
  const YamlStream stream = ReadYaml(text);
  EXPECT_FALSE(stream.error) << stream.error->message << "\n" << text;
  for (const YamlDocument& document : stream.documents) {
    for (const resource::Decoded& decoded : resource::Decode(document, "")) {
      EXPECT_TRUE(decoded.object && decoded.problems.empty())
          << decoded.id.kind << " " << decoded.id.key.name << ": "
          << (decoded.problems.empty() ? "" : decoded.problems[0].path + " " + decoded.problems[0].message);
      if (!decoded.object) continue;
#define NUNCIO_PUT(type, kind, group, version, table)                                            \
  if (const auto* object = std::get_if<std::shared_ptr<const resource::type>>(&*decoded.object)) \
    snapshot.table.Put(*object);
      NUNCIO_KINDS(NUNCIO_PUT)
#undef NUNCIO_PUT
      if (const auto* object = std::get_if<std::shared_ptr<const resource::UnbuiltObject>>(&*decoded.object)) {
        snapshot.unbuilt.push_back(*object);
      }
    }
  }
  return snapshot;
}

// Everything that a translator is called with, owned.
struct TestContext {
  explicit TestContext(std::string_view text, Options test_options = {})
      : snapshot(SnapshotOf(text)),
        options(std::move(test_options)),
        module(ReadModule(snapshot.modules.Find({options.ambassador_namespace, "ambassador"}), options, report)),
        context{snapshot, options, module, builder, endpoints, report} {}

  // "<severity> <code> <name> <field>" of each finding; severity is E, W or N.
  std::vector<std::string> Findings() {
    std::vector<std::string> lines;
    for (const ir::Finding& finding : report.Take()) {
      const char* severity = finding.severity == ir::Severity::kError     ? "E"
                             : finding.severity == ir::Severity::kWarning ? "W"
                                                                          : "N";
      lines.push_back(Cat(severity, " ", finding.code, " ", finding.object.name, " ", finding.field));
    }
    return lines;
  }

  void EndpointSetsOf(const std::vector<const EndpointUse*>& uses) {
    endpoint_sets.Add(uses, snapshot.endpoint_slices, builder, report);
  }

  store::Snapshot snapshot;
  Options options;
  EndpointSets endpoint_sets;
  Report report;
  ModelPool pool;
  ModelBuilder builder{pool};
  EndpointUses endpoints;
  ModuleSettings module;
  Context context;
};

// The groups of the manifests' Mappings. They live as long as the translator.
inline MappingGroups TranslatedIn(TestContext& test, MappingTranslator& translator,
                                  const std::vector<ActiveHost>& hosts = {}) {
  std::vector<const EndpointUse*> uses;
  const bool strict = test.options.strict_label_selectors;
  const MappingInputs inputs{
      test.options, test.module, {{}, Resolvers(test.snapshot, test.options)}, HostSelectors(hosts, strict)};
  translator.Translate(test.context, inputs, uses);
  test.EndpointSetsOf(uses);
  return translator.groups();
}

// One object of getambassador.io/v3alpha1, or a Service or EndpointSlice, as a YAML document.
inline std::string Emissary(std::string_view kind, std::string_view name, std::string_view spec,
                            std::string_view ns = "default") {
  return Cat("---\n{apiVersion: getambassador.io/v3alpha1, kind: ", kind, ", metadata: {name: ", name,
             ", namespace: ", ns, "}, spec: {", spec, "}}\n");
}
inline std::string Mapping(std::string_view name, std::string_view spec, std::string_view ns = "default") {
  return Emissary("Mapping", name, spec, ns);
}
inline std::string Service(std::string_view name, std::string_view spec, std::string_view ns = "default") {
  return Cat("---\n{apiVersion: v1, kind: Service, metadata: {name: ", name, ", namespace: ", ns, "}, spec: {", spec,
             "}}\n");
}
inline std::string Slice(std::string_view service, std::string_view name, std::string_view body,
                         std::string_view ns = "default") {
  return Cat("---\n{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ", name, ", namespace: ", ns,
             ", labels: {kubernetes.io/service-name: ", service, "}}, addressType: IPv4, ", body, "}\n");
}

}  // namespace nuncio::translate::emissary
