#include "nuncio/xds/test_envoy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

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

TestEnvoy::TestEnvoy(Shared& shared, const Limits& limits, bool delta) : shared_(shared), delta_(delta) {
  if (delta) {
    peer_ = std::make_unique<testing::DeltaPeer>(shared, limits);
  } else {
    peer_ = std::make_unique<testing::SotwPeer>(shared, limits);
  }
}

void TestEnvoy::Ask(Type type, const std::map<std::string, std::string>& versions) {
  const bool all = type == Type::kCluster || type == Type::kListener;
  for (const auto& [name, content] : Of(type)) {
    if (!all) subscribed_[type].insert(name);
  }
  const std::set<std::string>& names = subscribed_[type];
  if (all || !names.empty()) peer_->Ask(testing::LetterOf(type), {names.begin(), names.end()}, versions);
}

void TestEnvoy::Connect(const Resources& known) {
  has = known;
  // What its clusters and listeners need, whether it came before or not.
  for (const auto& [name, content] : Of(Type::kCluster)) {
    if (!content.starts_with("eds")) continue;
    subscribed_[Type::kEndpoints].insert(name);
    if (!Has(Type::kEndpoints, name)) cold.insert(name);
  }
  for (const auto& [name, routes] : Of(Type::kListener)) subscribed_[Type::kRoutes].insert(routes);
  for (const Type type : {Type::kCluster, Type::kListener, Type::kEndpoints, Type::kRoutes, Type::kSecret}) {
    Ask(type, Of(type));
  }
}

void TestEnvoy::Reconnect(TestEnvoy& before) {
  cold = before.cold;
  warming = before.warming;
  subscribed_ = before.subscribed_;
  if (delta_) {
    Connect(before.has);
    return;
  }
  has = before.has;
  for (const Type type : {Type::kCluster, Type::kListener, Type::kEndpoints, Type::kRoutes, Type::kSecret}) {
    const std::string version = static_cast<testing::SotwPeer&>(*before.peer_).version(testing::LetterOf(type));
    Ask(type, {{"version", version}});
  }
}

void TestEnvoy::Receive() {
  while (auto heard = peer_->Hear(now)) {
    absl::StrAppend(&transcript_, ShortName(testing::TypeOfLetter(heard->type)));
    for (const std::string& item : heard->items) absl::StrAppend(&transcript_, " ", item);
    absl::StrAppend(&transcript_, "\n");
    unanswered_.push_back(*std::move(heard));
  }
}

void TestEnvoy::Subscribe(Type type, const std::string& name, bool yes) {
  if (yes && subscribed_[type].insert(name).second) peer_->Ask(testing::LetterOf(type), {name}, {});
  if (!yes && subscribed_[type].erase(name) > 0) peer_->Drop(testing::LetterOf(type), {name});
}

void TestEnvoy::Resolve(const std::string& cluster) {
  if (!Has(Type::kCluster, cluster) || !Of(Type::kCluster).at(cluster).starts_with("dns")) return;
  cold.erase(cluster), warming.erase(cluster), refused_clusters.erase(cluster);
}

bool TestEnvoy::Refused(const std::string& cluster) const {
  return refused_clusters.contains(cluster) || std::any_of(refuses.begin(), refuses.end(), [&](const auto& content) {
           return shared_.refusals.Refuses(*testing::Numbered(cluster, content), Type::kCluster);
         });
}

bool TestEnvoy::Accept(Type type, const std::string& name, const std::string& content) {
  const bool by_name = type != Type::kCluster && type != Type::kListener;
  if (by_name && !subscribed_[type].contains(name)) return true;  // it came too late
  const bool same = Has(type, name) && Of(type).at(name) == content;
  // Endpoints are sent again to a cluster that warms up anew; the state of the world has all clusters and listeners.
  const bool may_repeat = type == Type::kEndpoints || in_refused_[type].contains(name) || (!delta_ && !by_name);
  if (same && !may_repeat) complaints.push_back(absl::StrCat(ShortName(type), " ", name, " again"));
  const bool is_new = !Has(type, name);
  if (refuses.contains(content)) {
    if (type == Type::kCluster) refused_clusters.insert(name);
    return false;
  }
  has[type][name] = content;
  if (type == Type::kCluster && !same) (is_new || cold.contains(name) ? cold : warming).insert(name);
  if (type == Type::kCluster) {
    const bool eds = content.starts_with("eds");
    Subscribe(Type::kEndpoints, name, eds);
    if (!eds) has[Type::kEndpoints].erase(name);
  }
  if (type == Type::kEndpoints) cold.erase(name), warming.erase(name), refused_clusters.erase(name);
  if (type == Type::kListener) Subscribe(Type::kRoutes, content, true);
  if (type == Type::kRoutes) {
    for (const std::string& cluster : Words(content)) {
      if (Refused(cluster)) continue;  // it holds back nobody
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
        // One that was refused and is not warm since serves nobody.
        if (cluster == name && !Refused(name))
          complaints.push_back(absl::StrCat("cluster ", name, " goes while ", routes, " lead to it"));
      }
    }
    cold.erase(name), warming.erase(name);
    Subscribe(Type::kEndpoints, name, false);
    has[Type::kEndpoints].erase(name);
  }
  has[type].erase(name);
}

std::vector<std::string> TestEnvoy::Missing(Type type, const testing::Heard& heard) const {
  std::vector<std::string> missing;
  if (delta_ || (type != Type::kCluster && type != Type::kListener)) return missing;
  for (const auto& [name, content] : Of(type)) {
    const auto is_it = [&](const std::string& item) { return item.starts_with(name + "="); };
    if (std::none_of(heard.items.begin(), heard.items.end(), is_it)) missing.push_back(name);
  }
  return missing;
}

bool TestEnvoy::Answer() {
  if (unanswered_.empty()) return false;
  const testing::Heard heard = unanswered_.front();
  unanswered_.pop_front();
  const Type type = testing::TypeOfLetter(heard.type);
  std::string error;
  std::vector<std::string> names, removed = Missing(type, heard);
  for (const std::string& item : heard.items) {
    if (item.starts_with('-')) {
      removed.push_back(item.substr(1));
      continue;
    }
    const size_t equals = item.find('=');
    names.push_back(item.substr(0, equals));
    if (!Accept(type, names.back(), item.substr(equals + 1))) error = "no " + item.substr(equals + 1);
  }
  for (const std::string& name : names) {
    if (error.empty()) {
      in_refused_[type].erase(name);
    } else {
      in_refused_[type].insert(name);
    }
  }
  for (const std::string& name : removed) Drop(type, name);
  peer_->Answer(heard, error);
  return true;
}

}  // namespace nuncio::xds
