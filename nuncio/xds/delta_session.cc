#include "nuncio/xds/delta_session.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "nuncio/xds/types.h"

namespace nuncio::xds {
namespace {

using envoy::ResourceType;

void OnFirst(Client& client, ResourceType type, const DeltaSession::Request& request) {
  bool all = HasLegacyWildcard(type) && request.resource_names_subscribe().empty();
  Subscription asked;
  for (const std::string& name : request.resource_names_subscribe()) {
    all = all || name == kWildcard;
    asked.names.insert(name);
  }
  asked.wildcard = all;
  std::vector<envoy::ResourcePtr> has;
  for (const auto& [name, version] : request.initial_resource_versions()) {
    if (has.size() >= Subscription::kMaxNames || !asked.Has(name)) continue;
    has.push_back(std::make_shared<const envoy::Resource>(envoy::Resource{name, "", version, {}}));
  }
  client.OnClaim(type, has);
  if (all) client.OnSubscribeAll(type);
}

void OnAnswer(Client& client, ResourceType type, const DeltaSession::Request& request) {
  uint64_t id = 0;
  if (!absl::SimpleAtoi(request.response_nonce(), &id)) return;
  client.OnAnswer(type, id, request.has_error_detail() ? &request.error_detail().message() : nullptr);
}

}  // namespace

void DeltaSession::OnRequest(const Request& request, Time) {
  const std::optional<ResourceType> type = TypeOf(request.type_url());
  if (!type.has_value()) return;
  if (!client_.subscription(*type).started) OnFirst(client_, *type, request);
  for (const std::string& name : request.resource_names_unsubscribe()) {
    if (name == kWildcard) {
      client_.OnUnsubscribeAll(*type);
    } else {
      client_.OnUnsubscribe(*type, name);
    }
  }
  for (const std::string& name : request.resource_names_subscribe()) {
    if (name == kWildcard) {
      client_.OnSubscribeAll(*type);
    } else {
      client_.OnSubscribe(*type, name);
    }
  }
  if (!request.response_nonce().empty()) OnAnswer(client_, *type, request);
}

std::optional<Outgoing> DeltaSession::Next(Time now) {
  std::optional<Update> update = client_.Next(now);
  if (!update.has_value()) return std::nullopt;
  const std::string type_url(envoy::TypeUrl(update->type));
  Response response;
  response.set_type_url(type_url);
  response.set_nonce(std::to_string(update->id));
  response.set_system_version_info(std::to_string(client_.transition().generation(update->type)));
  for (std::string& name : update->removed) response.add_removed_resources(std::move(name));
  Outgoing outgoing;
  outgoing.Append(response.SerializeAsString());
  for (const envoy::ResourcePtr& resource : update->resources) {
    ::envoy::service::discovery::v3::Resource added;
    added.set_name(resource->name);
    added.set_version(resource->version);
    outgoing.AppendWrapped(Response::kResourcesFieldNumber, added.SerializeAsString(), added.kResourceFieldNumber,
                           type_url, resource);
  }
  shared_.bytes_sent += outgoing.size();
  return outgoing;
}

}  // namespace nuncio::xds
