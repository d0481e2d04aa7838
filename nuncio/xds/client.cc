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

}  // namespace

Client::Client(Shared& shared, const Limits& limits, Protocol protocol)
    : shared_(shared),
      protocol_(protocol),
      transition_(limits),
      kept_(shared.refusals.kept()),
      withdrawals_(limits.grace) {}

void Client::OnConfig(envoy::ConfigPtr config, uint64_t generation, Time now) {
  const Transition before = transition_;
  transition_.Set({std::move(config), generation}, now);
  MarkMoved(before);
}

void Client::OnClaim(ResourceType type, const std::vector<ResourcePtr>& has) {
  const envoy::Config* latest = transition_.latest().config.get();
  for (const ResourcePtr& claimed : has) {
    const std::string& name = claimed->name;
    ResourcePtr known = latest != nullptr ? FindResource(*latest, type, name) : nullptr;
    if (known == nullptr || known->version != claimed->version) known = shared_.refusals.LastGood(type, name);
    if (known == nullptr || known->version != claimed->version) known = FindResource(*kept_, type, name);
    if (known == nullptr || known->version != claimed->version) {
      known = claimed;
    } else {
      shared_.refusals.OnAccepted(type, *known);
    }
    Entry& entry = ledger_.At(type, name);
    entry.has = std::move(known);
    entry.claimed = true;
    if (type != ResourceType::kEndpoints) continue;
    entry.again = shared_.warming.contains(name);
    gate_.OnEndpoints(name);
  }
}

void Client::OnSubscribeAll(ResourceType type) {
  Subscription& subscription = Of(type);
  subscription.started = true;
  if (subscription.wildcard) return;
  subscription.wildcard = true;
  owes_empty_[static_cast<size_t>(type)] = ledger_.of(type).empty();
  for (const envoy::Config* config : {transition_.latest().config.get(), transition_.pending().config.get(),
                                      transition_.front().config.get(), kept_.get()}) {
    ForEachDifference(nullptr, config, type, [&](const std::string& name) { Mark(type, name); });
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
      entry->uncertain = true;
      ledger_.Land(*entry);
      DueOf(type).Add(name, Due::What::kSend, since);
    } else {
      OnRefused(type, name, *entry, *error);
    }
    Mark(type, name);
  }
}

void Client::OnEndpointsAccepted(const std::string& name, const Entry& endpoints) {
  gate_.OnEndpoints(name);
  const Entry* cluster = ledger_.Find(ResourceType::kCluster, name);
  if (!endpoints.again && (cluster == nullptr || cluster->flight == 0)) shared_.warming.erase(name);
}

// Envoy warms up a changed cluster anew and waits for its endpoints to be sent, though they are the same (xDS protocol,
// "Resource warming").
void Client::SendEndpointsAgain(const std::string& cluster) {
  Entry* endpoints = ledger_.Find(ResourceType::kEndpoints, cluster);
  if (endpoints == nullptr || endpoints->has == nullptr) return;
  endpoints->again = true;
  Mark(ResourceType::kEndpoints, cluster);
}

// A removal that is refused is taken as done: there is nothing else to tell the client.
void Client::OnAccepted(ResourceType type, const std::string& name, Entry& entry) {
  const ResourcePtr now = entry.sent;
  const bool has_endpoints = Find(ResourceType::kEndpoints, name) != nullptr;
  ledger_.Land(entry);
  entry.has = now;
  entry.uncertain = false;
  entry.batch = std::numeric_limits<size_t>::max();
  if (type == ResourceType::kEndpoints) OnEndpointsAccepted(name, entry);
  if (now == nullptr) {
    if (type == ResourceType::kCluster) shared_.warming.erase(name);
    if (!Of(type).names.contains(name)) ledger_.Erase(type, name);
    return;
  }
  shared_.refusals.OnAccepted(type, *now);
  if (type != ResourceType::kCluster) return;
  gate_.OnCluster(name, has_endpoints);
  SendEndpointsAgain(name);
}

void Client::OnRefused(ResourceType type, const std::string& name, Entry& entry, const std::string& error) {
  shared_.refusals.OnRefused(type, *entry.sent, error, ledger_, *transition_.latest().config);
  ledger_.Land(entry);
  entry.asked = entry.has == nullptr && Of(type).names.contains(name);
  entry.batch = std::numeric_limits<size_t>::max();
  if (type == ResourceType::kCluster) gate_.Forget(name);
  if (type == ResourceType::kEndpoints) gate_.OnEndpoints(name);
  if (type == ResourceType::kCluster && entry.uncertain) SendEndpointsAgain(name);
}

ResourcePtr Client::Find(ResourceType type, std::string_view name) const {
  ResourcePtr found = transition_.Find(type, name);
  return found != nullptr ? found : FindResource(*kept_, type, name);
}

ResourcePtr Client::Wanted(ResourceType type, std::string_view name, const Entry* entry) const {
  const ResourcePtr has = entry != nullptr ? entry->has : nullptr;
  ResourcePtr wanted = Find(type, name);
  if (wanted == nullptr) return nullptr;
  // Without bytes it is kept for whoever has it.
  if (wanted->bytes.empty()) return has != nullptr && has->version == wanted->version ? has : nullptr;
  if (!shared_.refusals.Refuses(*wanted, type)) return wanted;
  const ResourcePtr last_good = shared_.refusals.LastGood(type, name);
  return last_good != nullptr ? last_good : has;
}

void Client::MarkCluster(const std::string& name, Entry* entry, bool wanted, bool send) {
  const bool is_new = entry == nullptr || entry->expected() == nullptr;
  // It may have the cluster from an earlier stream, which ended before the endpoints came.
  const Entry* endpoints = ledger_.Find(ResourceType::kEndpoints, name);
  const bool by_endpoints = Find(ResourceType::kEndpoints, name) != nullptr;
  const bool is_cold = wanted && by_endpoints && (endpoints == nullptr || endpoints->has == nullptr);
  // Nor does a cluster that finds its endpoints itself tell whether it had, when that stream ended.
  if (wanted && entry != nullptr && std::exchange(entry->claimed, false) && !by_endpoints) {
    gate_.Await(name, true);
    gate_.OnCluster(name, false);
  }
  if (send) {
    if (is_new) gate_.Forget(name);  // what the one of that name was waiting for that is gone, or goes now
    gate_.Await(name, is_new || is_cold);
  } else if (is_new) {
    gate_.Forget(name);
  } else if (is_cold && entry->flight == 0) {
    gate_.Await(name, true);
    gate_.OnCluster(name, true);
  }
}

void Client::Mark(ResourceType type, const std::string& name) {
  const std::optional<uint64_t> before = DueOf(type).Erase(name);
  if (!Of(type).Has(name)) {
    withdrawals_.Cancel(type, name);
    return;
  }
  if (!transition_.Known(type)) return;
  Entry* entry = ledger_.Find(type, name);
  const ResourcePtr wanted = Wanted(type, name, entry);
  const ResourcePtr expected = entry != nullptr ? entry->expected() : nullptr;
  const uint64_t since = before.value_or(transition_.generation(type));
  const bool send = wanted != nullptr && (entry == nullptr || entry->Lacks(*wanted));
  if (type == ResourceType::kCluster) MarkCluster(name, entry, wanted != nullptr, send);
  if (wanted != nullptr) {
    withdrawals_.Cancel(type, name);
    if (send) {
      DueOf(type).Add(name, Due::What::kSend, since);
    } else if (entry->flight == 0 && wanted == Find(type, name) && !wanted->bytes.empty()) {
      // It has it from elsewhere, so that no answer tells.
      entry->has = wanted;
      shared_.refusals.OnAccepted(type, *wanted);
    }
  } else if (Find(type, name) == nullptr &&  // else it is only refused, and routes may name it
             (expected != nullptr || (entry != nullptr && entry->uncertain))) {
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

void Client::MarkKept() {
  const envoy::ConfigPtr before = std::exchange(kept_, shared_.refusals.kept());
  for (const ResourceType type : kAllResourceTypes) {
    ForEachDifference(before.get(), kept_.get(), type, [&](const std::string& name) { Mark(type, name); });
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

}  // namespace nuncio::xds
