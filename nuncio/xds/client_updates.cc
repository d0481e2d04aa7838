// What is due to a client, and when. What happens to it stands in client.cc.
#include <algorithm>
#include <limits>
#include <utility>

#include "nuncio/xds/client.h"

namespace nuncio::xds {
namespace {

using envoy::kAllResourceTypes;
using envoy::ResourcePtr;
using envoy::ResourceType;

// Envoy refuses a response as a whole even if it applies what is good in it. Listeners and route configurations are few
// and large, so each gets an answer of its own; the others share one, which is halved as long as it is refused.
size_t MaxBatch(ResourceType type) { return IsEarly(type) ? std::numeric_limits<size_t>::max() : 1; }

}  // namespace

Update Client::Send(Update update, const std::vector<uint64_t>& since) {
  update.id = ledger_.Open(update.type, update.resources, update.removed, since);
  for (const ResourcePtr& resource : update.resources) {
    DueOf(update.type).Erase(resource->name);
    if (update.type != ResourceType::kCluster || Find(ResourceType::kEndpoints, resource->name) == nullptr) continue;
    shared_.warming.insert(resource->name);
  }
  for (const std::string& name : update.removed) DueOf(update.type).Erase(name);
  owes_empty_[static_cast<size_t>(update.type)] = false;
  ++shared_.responses;
  return update;
}

std::optional<Update> Client::Compose(ResourceType type) {
  if (!transition_.Known(type)) return std::nullopt;
  if (protocol_ == Protocol::kStateOfTheWorld && ledger_.InFlight(type)) return std::nullopt;
  Update update;
  update.type = type;
  std::vector<uint64_t> since;
  // Removals first: a listener that takes the address of a removed one is refused otherwise.
  for (const auto& [name, generation] : DueOf(type).to_remove()) {
    if (ledger_.At(type, name).flight != 0) continue;
    update.removed.push_back(name);
    since.push_back(generation);
  }
  if (!update.removed.empty()) return Send(std::move(update), since);
  size_t limit = MaxBatch(type);
  std::vector<std::string> refused;  // since it became due, by another client
  for (const auto& [name, generation] : DueOf(type).to_send()) {
    // What is on its way is answered first: a client that stands still costs one version of each resource, not a queue.
    const Entry& entry = ledger_.At(type, name);
    if (entry.flight != 0) continue;
    ResourcePtr wanted = Wanted(type, name, &entry);
    if (wanted == nullptr || !entry.Lacks(*wanted)) {
      refused.push_back(name);
      continue;
    }
    limit = std::min(limit, entry.batch);
    if (!update.resources.empty() && update.resources.size() >= limit) break;
    update.resources.push_back(std::move(wanted));
    since.push_back(generation);
    if (update.resources.size() >= limit) break;
  }
  for (const std::string& name : refused) Mark(type, name);
  const bool owes_empty = owes_empty_[static_cast<size_t>(type)] && DueOf(type).empty() && !ledger_.InFlight(type);
  if (update.resources.empty() && !owes_empty) return std::nullopt;
  return Send(std::move(update), since);
}

std::optional<Update> Client::Withdraw(Time now) {
  const std::optional<Time> next = withdrawals_.NextDeadline();
  if (!next.has_value() || *next > now || !switched_) return std::nullopt;
  // Clusters first, and alone: Envoy then drops its subscriptions to their endpoints and secrets by itself.
  for (const ResourceType type :
       {ResourceType::kCluster, ResourceType::kRoutes, ResourceType::kEndpoints, ResourceType::kSecret}) {
    if (ledger_.InFlight(ResourceType::kCluster) || ledger_.InFlight(type)) return std::nullopt;
    Update update;
    update.type = type;
    update.removed = withdrawals_.TakeDue(type, now);
    if (update.removed.empty()) continue;
    if (protocol_ == Protocol::kDelta || type == ResourceType::kCluster) {
      return Send(std::move(update), std::vector<uint64_t>(update.removed.size(), transition_.latest().generation));
    }
    for (const std::string& name : update.removed) ledger_.Erase(type, name);
  }
  return std::nullopt;
}

// Envoy asks for a listener's routes once it has the listener, so that a switch is not complete while it has not asked,
// unless a listener was refused.
bool Client::SwitchComplete() const {
  const envoy::ConfigPtr& front = transition_.front().config;
  if (front == nullptr || !subscription(ResourceType::kListener).started) return false;
  for (const ResourceType type : {ResourceType::kListener, ResourceType::kRoutes}) {
    if (!due_[static_cast<size_t>(type)].empty() || ledger_.InFlight(type)) return false;
  }
  for (const ResourcePtr& listener : front->of(ResourceType::kListener)) {
    if (shared_.refusals.Refuses(*listener, ResourceType::kListener)) return true;
  }
  for (const ResourcePtr& routes : front->of(ResourceType::kRoutes)) {
    if (!subscription(ResourceType::kRoutes).Has(routes->name)) return false;
  }
  return true;
}

void Client::NoteProgress() {
  uint64_t sent = transition_.front().generation;
  for (const Due& due : due_) {
    if (due.oldest().has_value()) sent = std::min(sent, *due.oldest() - 1);
  }
  sent_ = std::max(sent_, sent);
  if (!switched_) return;
  const std::optional<uint64_t> unanswered = ledger_.OldestUnanswered();
  acknowledged_ = std::max(acknowledged_, unanswered.has_value() ? std::min(sent, *unanswered - 1) : sent);
}

std::optional<Update> Client::Next(Time now) {
  if (transition_.latest().config == nullptr) return std::nullopt;
  if (subscription(ResourceType::kListener).wildcard) {
    for (const std::string& name : shared_.refusals.TakeRetries(now)) Mark(ResourceType::kListener, name);
  }
  for (;;) {
    shared_.refusals.Forget();
    MarkKept();
    for (const ResourceType type : kAllResourceTypes) {
      if (std::optional<Update> update = Compose(type)) return update;
    }
    switched_ = SwitchComplete();
    if (switched_) withdrawals_.Start(now);
    if (std::optional<Update> update = Withdraw(now)) return update;
    NoteProgress();
    const Transition before = transition_;
    const bool asks = subscription(ResourceType::kCluster).started;
    const auto warm = [&](const envoy::Config& config) {
      return (asks || config.of(ResourceType::kCluster).empty()) && gate_.Open(config) && gate_.Open(*kept_);
    };
    if (!transition_.Advance(warm, switched_, now)) break;
    gate_.GiveUp(*transition_.front().config);
    gate_.GiveUp(*kept_);
    MarkMoved(before);
  }
  gate_.GiveTokens(shared_.last_warm_token);
  return std::nullopt;
}

std::optional<Time> Client::NextDeadline(Time now) const {
  std::optional<Time> next = transition_.NextDeadline(switched_, now);
  const std::optional<Time> withdrawal = withdrawals_.NextDeadline();
  // A withdrawal whose time has come waits for an answer, not for a time.
  if (withdrawal.has_value() && *withdrawal > now && (!next.has_value() || *withdrawal < *next)) next = withdrawal;
  const std::optional<Time> retry = shared_.refusals.NextRetry();
  if (!subscription(ResourceType::kListener).wildcard || !retry.has_value()) return next;
  return std::min(next.value_or(*retry), *retry);
}

std::vector<ResourcePtr> Client::Expected(ResourceType type) const {
  std::vector<ResourcePtr> all;
  for (const auto& [name, entry] : ledger_.of(type)) {
    if (entry.expected() != nullptr) all.push_back(entry.expected());
  }
  return all;
}

}  // namespace nuncio::xds
