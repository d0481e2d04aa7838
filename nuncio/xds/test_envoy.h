#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "nuncio/xds/delta_session.h"

namespace nuncio::xds {

// Resources of tests: the bytes of a listener name its route configuration, those of a route configuration its
// clusters.
inline envoy::ResourcePtr MakeResource(const std::string& name, const std::string& bytes) {
  return std::make_shared<const envoy::Resource>(
      envoy::Resource{name, bytes, "v-" + bytes, {{"Mapping", "", name, "", 0}}});
}

// {type, {name, bytes}...}: a configuration by hand.
using Written = std::map<envoy::ResourceType, std::map<std::string, std::string>>;

inline envoy::ConfigPtr MakeConfig(const Written& written) {
  envoy::Config config;
  for (const auto& [type, resources] : written) {
    for (const auto& [name, bytes] : resources) {
      config.resources[static_cast<size_t>(type)].push_back(MakeResource(name, bytes));
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

inline std::set<std::string> WordSet(const std::string& text) {
  const std::vector<std::string> words = Words(text);
  return {words.begin(), words.end()};
}

// What Envoy does with ADS, as far as the order of things goes: it asks for the endpoints of its clusters and for the
// routes of its listeners, answers response after response, and keeps what it accepted. It notes what a real one would
// suffer from: a route that names a cluster which is not warm, a resource that comes again in the version that it has.
class TestEnvoy {
 public:
  using Type = envoy::ResourceType;

  TestEnvoy(Shared& shared, const Limits& limits) : session_(shared, limits) {}

  // Opens the stream; `known` is what it has from an earlier one.
  void Connect(const std::map<Type, std::map<std::string, std::string>>& known = {});
  void Set(const Written& written, uint64_t generation) {
    session_.client().OnConfig(MakeConfig(written), generation, now);
  }

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
  std::string TakeTranscript() { return std::exchange(transcript_, ""); }
  bool Has(Type type, const std::string& name) const { return Of(type).contains(name); }
  const std::map<std::string, std::string>& Of(Type type) const {
    static const std::map<std::string, std::string> kNone;
    const auto at = has.find(type);
    return at == has.end() ? kNone : at->second;
  }
  DeltaSession& session() { return session_; }

  std::map<Type, std::map<std::string, std::string>> has;  // accepted: name and bytes
  std::set<std::string> refuses;                           // bytes that it refuses
  std::set<std::string> cold;                              // new clusters whose endpoints have not come
  std::set<std::string> warming;                           // changed ones, which serve as they were meanwhile
  std::set<std::string> refused_clusters;                  // and not accepted since: routes do not wait for them
  std::vector<std::string> complaints;
  Time now{};

 private:
  void Send(DeltaSession::Request request, Type type) {
    request.set_type_url(std::string(envoy::TypeUrl(type)));
    session_.OnRequest(request, now);
  }
  void Subscribe(Type type, const std::string& name, bool yes);
  bool Accept(Type type, const std::string& name, const std::string& bytes);
  void Drop(Type type, const std::string& name);

  DeltaSession session_;
  std::deque<DeltaSession::Response> unanswered_;
  std::map<Type, std::set<std::string>> subscribed_;
  std::map<Type, std::set<std::string>> in_refused_;  // came in a response that was refused as a whole
  std::string transcript_;
};

}  // namespace nuncio::xds
