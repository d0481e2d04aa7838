#include "nuncio/xds/client.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace nuncio::xds {
namespace {

using envoy::kAllResourceTypes;
using envoy::ResourcePtr;
using envoy::ResourceType;

// Envoy refuses a response as a whole even if it applies what is good in it. Listeners and route configurations are few
// and large, so each gets an answer of its own; the others share one, which is halved as long as it is refused.
size_t MaxBatch(ResourceType type) { return IsEarly(type) ? std::numeric_limits<size_t>::max() : 1; }

}  // namespace

Client::Client(Shared& shared, const Limits& limits, Protocol protocol)
    : shared_(shared), protocol_(protocol), transition_(limits), withdrawals_(limits.grace) {}

void Client::OnConfig(envoy::ConfigPtr config, uint64_t generation, Time now) {
  const Transition before = transition_;
  transition_.Set({std::move(config), generation}, now);
  MarkMoved(before);
}

void Client::OnClaim(ResourceType type, const std::map<std::string, std::string>& versions) {
  for (const auto& [name, version] : versions) {
    ResourcePtr known = transition_.Find(type, name);
    if (known == nullptr || known->version != version) {
      known = std::make_shared<const envoy::Resource>(envoy::Resource{name, "", version, {}});
    }
    ledger_.At(type, name).has = std::move(known);
    if (type == ResourceType::kEndpoints) gate_.OnEndpoints(name);
  }
}

void Client::OnSubscribeAll(ResourceType type) {
  Subscription& subscription = Of(type);
  subscription.started = true;
  if (subscription.wildcard) return;
  subscription.wildcard = true;
  owes_empty_[static_cast<size_t>(type)] = ledger_.of(type).empty();
  for (const Transition::Target* target : {&transition_.latest(), &transition_.pending(), &transition_.front()}) {
    ForEachDifference(nullptr, target->config.get(), type, [&](const std::string& name) { Mark(type, name); });
  }
  std::vector<std::string> names;  // what is claimed and may be gone
  for (const auto& [name, entry] : ledger_.of(type)) names.push_back(name);
  for (const std::string& name : names) Mark(type, name);
}

void Client::OnSubscribe(ResourceType type, const std::string& name) {
  Subscription& subscription = Of(type);
  subscription.started = true;
  if (subscription.names.size() >= Subscription::kMaxNames) return;
  const bool known = !subscription.names.insert(name).second;
  Entry& entry = ledger_.At(type, name);
  if (known && entry.expected() != nullptr) entry.again = true;
  entry.asked = entry.expected() == nullptr;
  Mark(type, name);
}

void Client::OnUnsubscribeAll(ResourceType type) {
  Subscription& subscription = Of(type);
  subscription.started = true;
  subscription.wildcard = false;
  std::vector<std::string> gone;
  for (const auto& [name, entry] : ledger_.of(type)) {
    if (!subscription.Has(name)) gone.push_back(name);
  }
  for (const std::string& name : gone) {
    ledger_.Erase(type, name);
    Mark(type, name);
  }
}

void Client::OnUnsubscribe(ResourceType type, const std::string& name) {
  Subscription& subscription = Of(type);
  subscription.started = true;
  const auto found = subscription.names.find(name);
  if (found == subscription.names.end()) return;
  subscription.names.erase(found);
  if (!subscription.wildcard) {
    ledger_.Erase(type, name);
  } else if (Entry* entry = ledger_.Find(type, name)) {
    entry->again = true;  // it is still among everything, but the client may have dropped it
  }
  Mark(type, name);
}

void Client::OnAnswer(ResourceType type, uint64_t id, const std::string* error) {
  const std::optional<std::vector<std::string>> names = ledger_.Close(type, id);
  if (!names.has_value()) return;
  ++(error == nullptr ? shared_.acks : shared_.nacks);
  for (const std::string& name : *names) {
    Entry* entry = ledger_.Find(type, name);
    if (entry == nullptr || entry->flight != id) continue;
    const uint64_t since = entry->flight_since;
    if (error == nullptr || entry->sent == nullptr) {
      OnAccepted(type, name, *entry);
    } else if (names->size() > 1) {
      entry->batch = names->size() / 2;
      entry->again = true;
      ledger_.Land(*entry);
      DueOf(type).Add(name, Due::What::kSend, since);
    } else {
      OnRefused(type, name, *entry, *error);
    }
    Mark(type, name);
  }
}

// A removal that is refused is taken as done: there is nothing else to tell the client.
void Client::OnAccepted(ResourceType type, const std::string& name, Entry& entry) {
  const ResourcePtr now = entry.sent;
  const bool has_endpoints = transition_.Find(ResourceType::kEndpoints, name) != nullptr;
  ledger_.Land(entry);
  entry.has = now;
  entry.batch = std::numeric_limits<size_t>::max();
  if (type == ResourceType::kEndpoints) gate_.OnEndpoints(name);
  if (now == nullptr) {
    if (!Of(type).names.contains(name)) ledger_.Erase(type, name);
    return;
  }
  shared_.refusals.OnAccepted(type, *now);
  if (type != ResourceType::kCluster) return;
  gate_.OnCluster(name, has_endpoints);
  // Envoy warms up a changed cluster anew and waits for its endpoints to be sent, though they are the same (xDS
  // protocol, "Resource warming").
  Entry* endpoints = ledger_.Find(ResourceType::kEndpoints, name);
  if (endpoints == nullptr || endpoints->has == nullptr) return;
  endpoints->again = true;
  Mark(ResourceType::kEndpoints, name);
}

void Client::OnRefused(ResourceType type, const std::string& name, Entry& entry, const std::string& error) {
  shared_.refusals.OnRefused(type, *entry.sent, error, entry.has,
                             FindResource(*transition_.latest().config, type, name));
  ledger_.Land(entry);
  entry.asked = entry.has == nullptr && Of(type).names.contains(name);
  entry.batch = std::numeric_limits<size_t>::max();
  if (type == ResourceType::kCluster) gate_.Forget(name);
  if (type == ResourceType::kEndpoints) gate_.OnEndpoints(name);
}

ResourcePtr Client::Wanted(ResourceType type, std::string_view name, const Entry* entry) const {
  ResourcePtr wanted = transition_.Find(type, name);
  if (wanted == nullptr || !shared_.refusals.Refuses(*wanted, type)) return wanted;
  return entry != nullptr && entry->has != nullptr ? entry->has : shared_.refusals.LastGood(type, name);
}

void Client::MarkCluster(const std::string& name, const Entry* entry, bool send) {
  if (send) {
    gate_.Await(name, entry == nullptr || entry->expected() == nullptr);
  } else if (entry == nullptr || entry->expected() == nullptr) {
    gate_.Forget(name);
  }
}

void Client::Mark(ResourceType type, const std::string& name) {
  const std::optional<uint64_t> before = DueOf(type).Erase(name);
  if (!Of(type).Has(name)) {
    withdrawals_.Cancel(type, name);
    return;
  }
  if (!transition_.Known(type)) return;
  const Entry* entry = ledger_.Find(type, name);
  const ResourcePtr wanted = Wanted(type, name, entry);
  const ResourcePtr expected = entry != nullptr ? entry->expected() : nullptr;
  const uint64_t since = before.value_or(transition_.generation(type));
  const bool send = wanted != nullptr && (expected == nullptr || expected->version != wanted->version || entry->again);
  if (type == ResourceType::kCluster) MarkCluster(name, entry, send);
  if (wanted != nullptr) {
    withdrawals_.Cancel(type, name);
    if (send) DueOf(type).Add(name, Due::What::kSend, since);
  } else if (expected != nullptr || (entry != nullptr && entry->again && IsEarly(type))) {
    // (Sent again: it was in an update that was refused as a whole, and the client may have taken it.)
    // A listener is removed with the switch: it names nothing that is missing, and its address may be wanted.
    if (type != ResourceType::kListener) {
      withdrawals_.Add(type, name);
    } else {
      DueOf(type).Add(name, Due::What::kRemove, since);
    }
  } else if (entry != nullptr && entry->asked && entry->flight == 0 && protocol_ == Protocol::kDelta &&
             !transition_.Coming(type, name)) {
    DueOf(type).Add(name, Due::What::kRemove, since);
  }
}

void Client::MarkMoved(const Transition& before) {
  for (const ResourceType type : kAllResourceTypes) {
    const auto mark = [&](const std::string& name) { Mark(type, name); };
    const auto moved = [&](const Transition::Target& from, const Transition::Target& to) {
      ForEachDifference(from.config.get(), to.config.get(), type, mark);
    };
    if (!before.Known(type) && transition_.Known(type)) {
      // What was claimed, and what was asked for, before anything was known.
      std::vector<std::string> names(Of(type).names.begin(), Of(type).names.end());
      for (const auto& [name, entry] : ledger_.of(type)) names.push_back(name);
      for (const std::string& name : names) mark(name);
    }
    moved(before.latest(), transition_.latest());
    moved(before.pending(), transition_.pending());
    moved(before.front(), transition_.front());
  }
}

Update Client::Send(Update update, const std::vector<uint64_t>& since) {
  update.id = ledger_.Open(update.type, update.resources, update.removed, since);
  for (const ResourcePtr& resource : update.resources) DueOf(update.type).Erase(resource->name);
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
    if (wanted == nullptr || (wanted == entry.has && !entry.again)) {
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

bool Client::HoldsBack() const {
  for (const Refusal& refusal : shared_.refusals.List()) {
    const auto found = ledger_.of(refusal.type).find(refusal.name);
    if (found != ledger_.of(refusal.type).end() && found->second.has != nullptr &&
        found->second.has->version != refusal.version) {
      return true;
    }
  }
  return false;
}

std::optional<Update> Client::Withdraw(Time now) {
  const std::optional<Time> next = withdrawals_.NextDeadline();
  if (!next.has_value() || *next > now || HoldsBack()) return std::nullopt;
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
  for (;;) {
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
      return (asks || config.of(ResourceType::kCluster).empty()) && gate_.Open(config);
    };
    if (!transition_.Advance(warm, switched_, now)) break;
    gate_.GiveUp(*transition_.front().config);
    MarkMoved(before);
  }
  gate_.GiveTokens(shared_.last_warm_token);
  return std::nullopt;
}

std::optional<Time> Client::NextDeadline(Time now) const {
  std::optional<Time> next = transition_.NextDeadline(switched_, now);
  const std::optional<Time> withdrawal = withdrawals_.NextDeadline();
  // A withdrawal that is held back waits for an event, not for a time.
  if (withdrawal.has_value() && *withdrawal > now && (!next.has_value() || *withdrawal < *next)) next = withdrawal;
  return next;
}

std::vector<ResourcePtr> Client::Expected(ResourceType type) const {
  std::vector<ResourcePtr> all;
  for (const auto& [name, entry] : ledger_.of(type)) {
    if (entry.expected() != nullptr) all.push_back(entry.expected());
  }
  return all;
}

}  // namespace nuncio::xds
