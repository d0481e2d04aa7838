#include "nuncio/xds/test_envoy.h"

#include "absl/strings/str_cat.h"
#include "nuncio/xds/types.h"

namespace nuncio::xds {
namespace {

const char* ShortName(envoy::ResourceType type) {
  switch (type) {
    case envoy::ResourceType::kSecret:
      return "SDS";
    case envoy::ResourceType::kCluster:
      return "CDS";
    case envoy::ResourceType::kEndpoints:
      return "EDS";
    case envoy::ResourceType::kListener:
      return "LDS";
    case envoy::ResourceType::kRoutes:
      return "RDS";
  }
  return "?";
}

}  // namespace

void TestEnvoy::Connect(const std::map<Type, std::map<std::string, std::string>>& known) {
  has = known;
  // What its clusters and listeners need, whether it came before or not.
  for (const auto& [name, bytes] : Of(Type::kCluster)) {
    if (!bytes.starts_with("eds")) continue;
    subscribed_[Type::kEndpoints].insert(name);
    if (!Has(Type::kEndpoints, name)) cold.insert(name);
  }
  for (const auto& [name, routes] : Of(Type::kListener)) subscribed_[Type::kRoutes].insert(routes);
  for (const Type type : {Type::kCluster, Type::kListener, Type::kEndpoints, Type::kRoutes, Type::kSecret}) {
    const bool all = type == Type::kCluster || type == Type::kListener;
    for (const auto& [name, bytes] : Of(type)) {
      if (!all) subscribed_[type].insert(name);
    }
    if (!all && subscribed_[type].empty()) continue;
    DeltaSession::Request request;
    for (const auto& [name, bytes] : Of(type)) (*request.mutable_initial_resource_versions())[name] = "v-" + bytes;
    for (const std::string& name : subscribed_[type]) request.add_resource_names_subscribe(name);
    Send(request, type);
  }
}

void TestEnvoy::Receive() {
  while (auto response = session_.Next(now)) {
    const Type type = *TypeOf(response->type_url());
    absl::StrAppend(&transcript_, ShortName(type));
    for (const auto& resource : response->resources()) {
      absl::StrAppend(&transcript_, " ", resource.name(), "=", resource.resource().value());
    }
    for (const std::string& name : response->removed_resources()) absl::StrAppend(&transcript_, " -", name);
    absl::StrAppend(&transcript_, "\n");
    unanswered_.push_back(*std::move(response));
  }
}

void TestEnvoy::Subscribe(Type type, const std::string& name, bool yes) {
  DeltaSession::Request request;
  if (yes && subscribed_[type].insert(name).second) request.add_resource_names_subscribe(name);
  if (!yes && subscribed_[type].erase(name) > 0) request.add_resource_names_unsubscribe(name);
  if (request.resource_names_subscribe().empty() && request.resource_names_unsubscribe().empty()) return;
  Send(request, type);
}

bool TestEnvoy::Accept(Type type, const std::string& name, const std::string& bytes) {
  const bool by_name = type != Type::kCluster && type != Type::kListener;
  if (by_name && !subscribed_[type].contains(name)) return true;  // it came too late
  const bool same = Has(type, name) && Of(type).at(name) == bytes;
  // Endpoints are sent again to a cluster that warms up anew.
  const bool may_repeat = type == Type::kEndpoints || in_refused_[type].contains(name);
  if (same && !may_repeat) complaints.push_back(absl::StrCat(ShortName(type), " ", name, " again"));
  const bool is_new = !Has(type, name);
  if (refuses.contains(bytes)) {
    if (type == Type::kCluster) refused_clusters.insert(name);
    return false;
  }
  has[type][name] = bytes;
  if (type == Type::kCluster && bytes.starts_with("eds")) {
    if (!same) (is_new ? cold : warming).insert(name);
    Subscribe(Type::kEndpoints, name, true);
  }
  if (type == Type::kEndpoints) cold.erase(name), warming.erase(name), refused_clusters.erase(name);
  if (type == Type::kListener) Subscribe(Type::kRoutes, bytes, true);
  if (type == Type::kRoutes) {
    for (const std::string& cluster : Words(bytes)) {
      if (refused_clusters.contains(cluster)) continue;  // it holds back nobody
      if (!Has(Type::kCluster, cluster) || cold.contains(cluster)) {
        complaints.push_back(absl::StrCat("routes ", name, " lead to ", cluster, ", which is not warm"));
      }
    }
  }
  return true;
}

void TestEnvoy::Drop(Type type, const std::string& name) {
  if (type == Type::kListener && Has(type, name)) {
    const std::string routes = Of(type).at(name);
    Subscribe(Type::kRoutes, routes, false);
    has[Type::kRoutes].erase(routes);
  }
  if (type == Type::kCluster) {
    for (const auto& [routes, clusters] : Of(Type::kRoutes)) {
      for (const std::string& cluster : Words(clusters)) {
        if (cluster == name)
          complaints.push_back(absl::StrCat("cluster ", name, " goes while ", routes, " lead to it"));
      }
    }
    cold.erase(name), warming.erase(name);
    Subscribe(Type::kEndpoints, name, false);
    has[Type::kEndpoints].erase(name);
  }
  has[type].erase(name);
}

bool TestEnvoy::Answer() {
  if (unanswered_.empty()) return false;
  const DeltaSession::Response response = unanswered_.front();
  unanswered_.pop_front();
  const Type type = *TypeOf(response.type_url());
  DeltaSession::Request answer;
  answer.set_response_nonce(response.nonce());
  for (const auto& resource : response.resources()) {
    if (Accept(type, resource.name(), resource.resource().value())) continue;
    answer.mutable_error_detail()->set_message(absl::StrCat("no ", resource.resource().value()));
  }
  for (const auto& resource : response.resources()) {
    if (answer.has_error_detail()) {
      in_refused_[type].insert(resource.name());
    } else {
      in_refused_[type].erase(resource.name());
    }
  }
  for (const std::string& name : response.removed_resources()) Drop(type, name);
  Send(answer, type);
  return true;
}

}  // namespace nuncio::xds
