#include "nuncio/envoy/render.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/secret.pb.h"
#include "nuncio/base/check.h"
#include "nuncio/envoy/json_text.h"
#include "nuncio/envoy/static_bootstrap.h"

namespace nuncio::envoy {
namespace {

Json Parse(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  NUNCIO_CHECK(!json.is_discarded());
  return json;
}

void Redact(Json& secret) {
  Json& key = secret["tls_certificate"]["private_key"];
  if (!key.contains("filename")) key = {{"inline_bytes", "[redacted]"}};
}

template <typename Proto>
void AddList(const Config& config, ResourceType type, const char* name, Json& json) {
  for (const ResourcePtr& resource : config.of(type)) {
    Proto proto;
    NUNCIO_CHECK(proto.ParseFromString(resource->bytes));
    Json rendered = Parse(ToJsonText(proto));
    if (type == ResourceType::kSecret && rendered.contains("tls_certificate")) Redact(rendered);
    json[name].push_back(std::move(rendered));
  }
}

}  // namespace

Json ToJson(const Config& config) {
  Json json = Json::object();
  AddList<pb::Cluster>(config, ResourceType::kCluster, "clusters", json);
  AddList<pb::ClusterLoadAssignment>(config, ResourceType::kEndpoints, "endpoints", json);
  AddList<pb::Listener>(config, ResourceType::kListener, "listeners", json);
  AddList<pb::RouteConfiguration>(config, ResourceType::kRoutes, "routes", json);
  AddList<pb::Secret>(config, ResourceType::kSecret, "secrets", json);
  return json;
}

Json ToStaticBootstrap(const Config& config) { return Parse(ToJsonText(MakeStaticBootstrap(config))); }

}  // namespace nuncio::envoy
