#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/base/text.h"
#include "nuncio/kube/fake_loop.h"

// What an API server says, for tests.
namespace nuncio::kube {

// A group of an APIGroupDiscoveryList: plural, kind and version of each resource.
inline std::string GroupText(std::string_view group, std::vector<std::array<std::string, 3>> resources,
                             bool stale = false) {
  std::string list;
  for (const auto& [plural, kind, version] : resources) {
    const bool cluster = kind == "Namespace";
    list += Cat(list.empty() ? "" : ",", R"({"resource":")", plural, R"(","responseKind":{"group":")", group,
                R"(","version":")", version, R"(","kind":")", kind, R"("},"scope":")",
                cluster ? "Cluster" : "Namespaced", R"(","verbs":["get","list","watch"]})");
  }
  return Cat(R"({"metadata":{"name":")", group, R"("},"versions":[{"version":")",
             resources.empty() ? "v1" : resources[0][2], R"(","freshness":")", stale ? "Stale" : "Current",
             R"(","resources":[)", list, "]}]}");
}
inline std::string GroupsText(std::vector<std::string> groups) {
  std::string list;
  for (const std::string& group : groups) list += Cat(list.empty() ? "" : ",", group);
  return Cat(R"({"kind":"APIGroupDiscoveryList","items":[)", list, "]}");
}
inline std::string EndText(std::string_view version) {
  return Cat(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":")", version,
             R"(","annotations":{"k8s.io/initial-events-end":"true"}}}})", "\n");
}
inline std::string NameText(std::string_view type, std::string_view name, std::string_view version = "8") {
  return Cat(R"({"type":")", type, R"(","object":{"kind":"PartialObjectMetadata","metadata":{"name":")", name,
             R"(","resourceVersion":")", version, R"("}}})", "\n");
}
inline std::string MappingText(std::string_view type, std::string_view name) {
  return Cat(R"({"type":")", type, R"(","object":{"metadata":{"namespace":"default","name":")", name,
             R"(","resourceVersion":"8"},"spec":{"prefix":"/","service":"s"}}})", "\n");
}
inline const std::string kForbidden = R"({"kind":"Status","code":403,"reason":"Forbidden","message":"not for you"})";

inline const std::string kCore = GroupText("", {{"services", "Service", "v1"}});
inline const std::string kMappings = GroupText("getambassador.io", {{"mappings", "Mapping", "v3alpha1"}});
inline const std::string kIngresses = GroupText("networking.k8s.io", {{"ingresses", "Ingress", "v1"}});

// A list with the CustomResourceDefinition of that name, as it is asked for, and the version that is stored.
inline std::string DefinitionText(std::string_view name, std::string_view storage) {
  std::string versions;
  for (const char* version : {"v1", "v2", "v3alpha1"}) {
    versions += Cat(versions.empty() ? "" : ",", R"({"name":")", version, R"(","served":true,"storage":)",
                    version == storage ? "true" : "false", R"(,"schema":{"openAPIV3Schema":{}}})");
  }
  return Cat(R"({"kind":"List","metadata":{"resourceVersion":"11"},"items":[{"metadata":{"name":")", name,
             R"(","resourceVersion":"8"},"spec":{"versions":[)", versions, "]}}]}");
}

// A Host and the Secret of its certificate; a Secret whose only entry says `data` in base64.
inline std::string HostText(std::string_view type, std::string_view name, std::string_view secret) {
  return Cat(R"({"type":")", type, R"(","object":{"metadata":{"namespace":"default","name":")", name,
             R"(","resourceVersion":"8"},"spec":{"hostname":"a.example","tlsSecret":{"name":")", secret, R"("}}}})",
             "\n");
}
inline std::string SecretObject(std::string_view name, std::string_view version, std::string_view data) {
  return Cat(R"({"metadata":{"namespace":"default","name":")", name, R"(","uid":"u","resourceVersion":")", version,
             R"("},"type":"kubernetes.io/tls","data":{"tls.crt":")", data, R"("}})");
}
inline std::string SecretText(std::string_view type, std::string_view name, std::string_view version,
                              std::string_view data) {
  return Cat(R"({"type":")", type, R"(","object":)", SecretObject(name, version, data), "}\n");
}
inline std::string ListText(std::string_view items) {
  return Cat(R"({"kind":"List","metadata":{"resourceVersion":"11"},"items":[)", items, "]}");
}

}  // namespace nuncio::kube
