#include "nuncio/xds/sotw_session.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "nuncio/base/digest.h"
#include "nuncio/xds/types.h"

namespace nuncio::xds {
namespace {

using envoy::ResourcePtr;
using envoy::ResourceType;

// `resources`: sorted by name.
std::string VersionOf(const std::vector<ResourcePtr>& resources) {
  std::string text;
  for (const ResourcePtr& resource : resources) {
    text.append(resource->name).push_back('\0');
    text.append(resource->version).push_back('\0');
  }
  return Digest(text);
}

}  // namespace

void SotwSession::OnNames(ResourceType type, const Request& request) {
  std::set<std::string> names(request.resource_names().begin(), request.resource_names().end());
  bool& named = types_[static_cast<size_t>(type)].named;
  const bool all = names.erase(std::string(kWildcard)) > 0 || (names.empty() && !named && HasLegacyWildcard(type));
  named = named || !request.resource_names().empty();
  const Subscription before = client_.subscription(type);
  if (all && !before.wildcard) client_.OnSubscribeAll(type);
  if (!all && before.wildcard) client_.OnUnsubscribeAll(type);
  for (const std::string& name : before.names) {
    if (!names.contains(name)) client_.OnUnsubscribe(type, name);
  }
  for (const std::string& name : names) {
    if (!before.names.contains(name)) client_.OnSubscribe(type, name);
  }
}

// A client that comes back names the version that it has. It is believed if that was told to a client before, or is
// that of the latest configuration's resources that it asks for; else what it has is not known, and it gets everything.
void SotwSession::OnFirst(ResourceType type, const Request& request) {
  const envoy::Config& config = *client_.transition().latest().config;
  const std::set<std::string> names(request.resource_names().begin(), request.resource_names().end());
  const auto asked_of = [&](const std::vector<ResourcePtr>& resources) {
    std::vector<ResourcePtr> asked;
    for (const ResourcePtr& resource : resources) {
      if (names.contains(resource->name) || names.contains(std::string(kWildcard)) ||
          (names.empty() && HasLegacyWildcard(type))) {
        asked.push_back(resource);
      }
    }
    return asked;
  };
  const size_t index = static_cast<size_t>(type);
  const std::vector<ResourcePtr> asked = asked_of(config.of(type));
  if (request.version_info().empty()) {
    // It has nothing.
  } else if (request.version_info() == shared_.accepted[index].version) {
    client_.OnClaim(type, asked_of(shared_.accepted[index].resources));
  } else if (request.version_info() == shared_.sent[index].version) {
    client_.OnClaim(type, asked_of(shared_.sent[index].resources));
  } else if (VersionOf(asked) == request.version_info()) {
    client_.OnClaim(type, asked);
  }
  OnNames(type, request);
}

void SotwSession::OnRequest(const Request& request, Time) {
  const std::optional<ResourceType> type = TypeOf(request.type_url());
  if (!type.has_value()) return;
  Type& state = types_[static_cast<size_t>(*type)];
  if (state.first.has_value() ||
      (!client_.subscription(*type).started && client_.transition().latest().config == nullptr)) {
    const std::string version = state.first.has_value() ? state.first->version_info() : request.version_info();
    state.first = request;
    state.first->set_version_info(version);
    return;
  }
  if (!client_.subscription(*type).started) {
    OnFirst(*type, request);
    return;
  }
  // An answer to an older response: the one to the newest names everything anew.
  if (request.response_nonce() != state.nonce) return;
  uint64_t id = 0;
  if (absl::SimpleAtoi(state.nonce, &id)) {
    Shared::Told& sent = shared_.sent[static_cast<size_t>(*type)];
    if (!request.has_error_detail() && sent.version == request.version_info()) {
      shared_.accepted[static_cast<size_t>(*type)] = sent;
    }
    client_.OnAnswer(*type, id, request.has_error_detail() ? &request.error_detail().message() : nullptr);
  }
  OnNames(*type, request);
}

std::optional<Outgoing> SotwSession::Next(Time now) {
  if (client_.transition().latest().config == nullptr) return std::nullopt;
  for (const ResourceType type : envoy::kAllResourceTypes) {
    std::optional<Request>& first = types_[static_cast<size_t>(type)].first;
    if (first.has_value()) OnFirst(type, *std::exchange(first, std::nullopt));
  }
  std::optional<Update> update = client_.Next(now);
  if (!update.has_value()) return std::nullopt;
  const std::vector<ResourcePtr> all = client_.Expected(update->type);
  Response response;
  response.set_type_url(std::string(envoy::TypeUrl(update->type)));
  response.set_nonce(std::to_string(update->id));
  response.set_version_info(VersionOf(all));
  Outgoing outgoing;
  outgoing.Append(response.SerializeAsString());
  for (const ResourcePtr& resource : HasLegacyWildcard(update->type) ? all : update->resources) {
    outgoing.AppendAny(Response::kResourcesFieldNumber, response.type_url(), resource);
  }
  types_[static_cast<size_t>(update->type)].nonce = response.nonce();
  shared_.sent[static_cast<size_t>(update->type)] = {response.version_info(), all};
  shared_.bytes_sent += outgoing.size();
  return outgoing;
}

}  // namespace nuncio::xds
