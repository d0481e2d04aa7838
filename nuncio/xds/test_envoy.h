#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "nuncio/xds/peer.h"

namespace nuncio::xds {

// {type, {name, content}...}: a configuration by hand. The content of a listener names its route configuration, that of
// a route configuration its clusters; that of a cluster begins with "eds" when it gets endpoints, with "dns" when it
// finds them itself.
using Written = std::map<envoy::ResourceType, std::map<std::string, std::string>>;

inline envoy::ConfigPtr MakeConfig(const Written& written) {
  envoy::Config config;
  for (const auto& [type, resources] : written) {
    for (const auto& [name, content] : resources) {
      config.resources[static_cast<size_t>(type)].push_back(testing::Numbered(name, content));
    }
  }
  return std::make_shared<const envoy::Config>(std::move(config));
}

inline std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

// The words of "r=e1 e2".
inline std::set<std::string> WordSet(const std::string& bytes) {
  const std::vector<std::string> words = Words(absl::StrReplaceAll(bytes, {{"=", " "}}));
  return {words.begin(), words.end()};
}

// What Envoy does with ADS, as far as the order of things goes: it asks for the endpoints of its clusters and for the
// routes of its listeners, answers response after response, and keeps what it accepted. It notes what a real one would
// suffer from: a route that names a cluster which is not warm, a resource that comes again in the version that it has.
class TestEnvoy {
 public:
  using Type = envoy::ResourceType;
  using Resources = std::map<Type, std::map<std::string, std::string>>;  // name and content

  TestEnvoy(Shared& shared, const Limits& limits, bool delta = true);

  // Opens the stream; `known` is what it has from an earlier one. Delta only.
  void Connect(const Resources& known = {});
  // The same, of an Envoy whose stream to this control plane broke.
  void Reconnect(TestEnvoy& before);
  // As the cache does it.
  void Set(const Written& written, uint64_t generation) {
    const envoy::ConfigPtr config = MakeConfig(written);
    shared_.refusals.OnConfig(config);
    Set(config, generation);
  }
  void Set(const envoy::ConfigPtr& config, uint64_t generation) { client().OnConfig(config, generation, now); }

  // Takes responses until there are none, without answering. The transcript has a line for each.
  void Receive();
  // Answers the oldest response that is not answered. False: there is none.
  bool Answer();
  void Settle() {
    for (Receive(); Answer();) Receive();
  }
  // Settles, lets the time pass that a step or a withdrawal waits for, and settles again.
  void Pass(std::chrono::milliseconds time) {
    Settle();
    now += time;
    Settle();
  }
  // A cluster that finds its endpoints itself has found them.
  void Resolve(const std::string& cluster);
  // Somebody asks whether there are clusters that are not warm, and tells the control plane if there is none.
  void TellWarm() {
    if (cold.empty() && warming.empty()) client().OnWarm(client().awaiting_warm());
  }
  std::string TakeTranscript() { return std::exchange(transcript_, ""); }
  bool Has(Type type, const std::string& name) const { return Of(type).contains(name); }
  const std::map<std::string, std::string>& Of(Type type) const {
    static const std::map<std::string, std::string> kNone;
    const auto at = has.find(type);
    return at == has.end() ? kNone : at->second;
  }
  Client& client() { return peer_->client(); }

  Resources has;                           // accepted
  std::set<std::string> refuses;           // content that it refuses
  std::set<std::string> cold;              // new clusters whose endpoints have not come
  std::set<std::string> warming;           // changed ones, which serve as they were meanwhile
  std::set<std::string> refused_clusters;  // and not warm since: routes do not wait for them
  std::vector<std::string> complaints;
  Time now{};

 private:
  void Ask(Type type, const std::map<std::string, std::string>& versions);
  void Subscribe(Type type, const std::string& name, bool yes);
  bool Accept(Type type, const std::string& name, const std::string& content);
  void Drop(Type type, const std::string& name);
  // Of a response that names everything, what is not in it.
  std::vector<std::string> Missing(Type type, const testing::Heard& heard) const;

  bool Refused(const std::string& cluster) const;

  Shared& shared_;
  const bool delta_;
  std::unique_ptr<testing::Peer> peer_;
  std::deque<testing::Heard> unanswered_;
  std::map<Type, std::set<std::string>> subscribed_;
  std::map<Type, std::set<std::string>> in_refused_;  // came in a response that was refused as a whole
  std::string transcript_;
};

}  // namespace nuncio::xds
