#include "nuncio/xds/gate.h"

#include <algorithm>

#include "nuncio/xds/transition.h"

namespace nuncio::xds {

void Gate::Await(std::string_view name, bool is_new) {
  const auto found = clusters_.find(name);
  if (found == clusters_.end()) {
    clusters_[std::string(name)].is_new = is_new;
  } else if (is_new && !found->second.is_new) {
    found->second = {.is_new = true};
  }
  // Else it goes on waiting for what it waits for: a newer version of a cluster that is not warm yet changes nothing.
}

void Gate::OnCluster(std::string_view name, bool by_endpoints) {
  const auto found = clusters_.find(name);
  if (found == clusters_.end()) return;
  if (!found->second.is_new) {
    clusters_.erase(found);
    return;
  }
  found->second.waits = by_endpoints ? Cluster::Waits::kEndpoints : Cluster::Waits::kWarm;
  found->second.token = 0;
}

void Gate::OnEndpoints(std::string_view name) {
  const auto found = clusters_.find(name);
  if (found != clusters_.end() && found->second.waits == Cluster::Waits::kEndpoints) clusters_.erase(found);
}

void Gate::Forget(std::string_view name) {
  const auto found = clusters_.find(name);
  if (found != clusters_.end()) clusters_.erase(found);
}

void Gate::OnWarm(uint64_t token) {
  std::erase_if(clusters_, [&](const auto& item) {
    const Cluster& cluster = item.second;
    return cluster.waits == Cluster::Waits::kWarm && cluster.token != 0 && cluster.token <= token;
  });
}

void Gate::GiveUp(const envoy::Config& config) {
  std::erase_if(clusters_, [&](const auto& item) {
    return FindResource(config, envoy::ResourceType::kCluster, item.first) != nullptr;
  });
}

bool Gate::Open(const envoy::Config& config) const {
  return std::none_of(clusters_.begin(), clusters_.end(), [&](const auto& item) {
    return FindResource(config, envoy::ResourceType::kCluster, item.first) != nullptr;
  });
}

void Gate::GiveTokens(uint64_t& last) {
  uint64_t token = 0;
  for (auto& [name, cluster] : clusters_) {
    if (cluster.waits != Cluster::Waits::kWarm || cluster.token != 0) continue;
    if (token == 0) token = ++last;
    cluster.token = token;
  }
}

uint64_t Gate::awaiting_warm() const {
  uint64_t token = 0;
  for (const auto& [name, cluster] : clusters_) token = std::max(token, cluster.token);
  return token;
}

}  // namespace nuncio::xds
