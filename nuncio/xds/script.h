#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "nuncio/xds/delta_session.h"
#include "nuncio/xds/sotw_session.h"

// For tests: conversations as text. "C:a=1" is version 1 of cluster a; S, C, E, L and R are the types. "R:r=1,a,b" is a
// route configuration that refers to the clusters a and b.
namespace nuncio::xds::testing {

inline constexpr std::string_view kLetters = "SCELR";

inline envoy::ResourceType TypeOfLetter(char letter) { return envoy::kAllResourceTypes[kLetters.find(letter)]; }
inline char LetterOf(envoy::ResourceType type) { return kLetters[static_cast<size_t>(type)]; }

inline envoy::ResourcePtr Numbered(const std::string& name, const std::string& version) {
  return std::make_shared<const envoy::Resource>(
      envoy::Resource{name, name + "=" + version, version, {{"Mapping", "default", name, "", 0}}});
}

// The words of "r=1,a,b".
inline std::set<std::string> StringsOf(const std::string& bytes) {
  const std::vector<std::string> words = absl::StrSplit(bytes, absl::ByAnyChar("=,"));
  return {words.begin(), words.end()};
}

// "C:a=1 E:a=1 L:l=1"
inline envoy::ConfigPtr ParseConfig(const std::string& text) {
  std::array<std::map<std::string, std::string>, envoy::kResourceTypes> parsed;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    parsed[static_cast<size_t>(TypeOfLetter(word[0]))][word.substr(2, equals - 2)] = word.substr(equals + 1);
  }
  auto config = std::make_shared<envoy::Config>();
  for (size_t i = 0; i < parsed.size(); ++i) {
    for (const auto& [name, version] : parsed[i]) config->resources[i].push_back(Numbered(name, version));
  }
  return config;
}

// What a response says: "C a=1 -b".
struct Heard {
  char type = ' ';
  std::string nonce, version;
  std::vector<std::string> items;  // "a=1", then "-b"
  std::string text() const {
    std::string text(1, type);
    for (const std::string& item : items) text += " " + item;
    return text;
  }
};

// The client's end of a stream of either protocol.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual Client& client() = 0;
  virtual void Ask(char type, const std::vector<std::string>& names, const std::map<std::string, std::string>& has) = 0;
  virtual void Drop(char type, const std::vector<std::string>& names) = 0;
  virtual void Answer(const Heard& heard, const std::string& error) = 0;
  virtual std::optional<Heard> Hear(Time now) = 0;
};

class DeltaPeer final : public Peer {
 public:
  DeltaPeer(Shared& shared, const Limits& limits) : session_(shared, limits) {}
  Client& client() override { return session_.client(); }
  void Ask(char type, const std::vector<std::string>& names, const std::map<std::string, std::string>& has) override {
    DeltaSession::Request request = Start(type);
    for (const std::string& name : names) request.add_resource_names_subscribe(name);
    for (const auto& [name, version] : has) (*request.mutable_initial_resource_versions())[name] = version;
    session_.OnRequest(request, {});
  }
  void Drop(char type, const std::vector<std::string>& names) override {
    DeltaSession::Request request = Start(type);
    for (const std::string& name : names) request.add_resource_names_unsubscribe(name);
    session_.OnRequest(request, {});
  }
  void Answer(const Heard& heard, const std::string& error) override {
    DeltaSession::Request request = Start(heard.type);
    request.set_response_nonce(heard.nonce);
    if (!error.empty()) request.mutable_error_detail()->set_message(error);
    session_.OnRequest(request, {});
  }
  std::optional<Heard> Hear(Time now) override {
    const std::optional<DeltaSession::Response> response = session_.Next(now);
    if (!response.has_value()) return std::nullopt;
    Heard heard;
    for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
      if (envoy::TypeUrl(type) == response->type_url()) heard.type = LetterOf(type);
    }
    heard.nonce = response->nonce();
    for (const auto& resource : response->resources()) {
      EXPECT_EQ(resource.resource().type_url(), response->type_url());
      EXPECT_EQ(resource.resource().value(), resource.name() + "=" + resource.version());
      heard.items.push_back(resource.name() + "=" + resource.version());
    }
    for (const std::string& name : response->removed_resources()) heard.items.push_back("-" + name);
    return heard;
  }

 private:
  static DeltaSession::Request Start(char type) {
    DeltaSession::Request request;
    request.set_type_url(std::string(envoy::TypeUrl(TypeOfLetter(type))));
    return request;
  }
  DeltaSession session_;
};

class SotwPeer final : public Peer {
 public:
  SotwPeer(Shared& shared, const Limits& limits) : session_(shared, limits) {}
  Client& client() override { return session_.client(); }
  // `has`: {"version": V}, of the whole type.
  void Ask(char type, const std::vector<std::string>& names, const std::map<std::string, std::string>& has) override {
    Type& state = types_[type];
    state.names.insert(names.begin(), names.end());
    if (const auto found = has.find("version"); found != has.end()) state.version = found->second;
    Send(type, "");
  }
  void Drop(char type, const std::vector<std::string>& names) override {
    for (const std::string& name : names) types_[type].names.erase(name);
    Send(type, "");
  }
  void Answer(const Heard& heard, const std::string& error) override {
    Type& state = types_[heard.type];
    state.nonce = heard.nonce;
    if (error.empty()) state.version = heard.version;
    Send(heard.type, error);
  }
  std::optional<Heard> Hear(Time now) override {
    const std::optional<SotwSession::Response> response = session_.Next(now);
    if (!response.has_value()) return std::nullopt;
    Heard heard;
    for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
      if (envoy::TypeUrl(type) == response->type_url()) heard.type = LetterOf(type);
    }
    heard.nonce = response->nonce();
    heard.version = response->version_info();
    for (const auto& resource : response->resources()) {
      EXPECT_EQ(resource.type_url(), response->type_url());
      heard.items.push_back(resource.value());
    }
    return heard;
  }
  const std::string& version(char type) { return types_[type].version; }

 private:
  struct Type {
    std::set<std::string> names;
    std::string nonce, version;
  };
  void Send(char type, const std::string& error) {
    SotwSession::Request request;
    request.set_type_url(std::string(envoy::TypeUrl(TypeOfLetter(type))));
    for (const std::string& name : types_[type].names) request.add_resource_names(name);
    request.set_response_nonce(types_[type].nonce);
    request.set_version_info(types_[type].version);
    if (!error.empty()) request.mutable_error_detail()->set_message(error);
    session_.OnRequest(request, {});
  }
  SotwSession session_;
  std::map<char, Type> types_;
};

// A script's interpreter. What can be said:
//   set 3 C:a=1 L:l=1     generation 3
//   ask C | ask E a b     the first request of a type, or more names
//   ask C has a=1 b=1     after a reconnect (delta: with versions; state of the world: the version of before)
//   drop E a
//   ack C | nack C words  answers the oldest unanswered response of the type
//   wait 5000             ms
//   warm                  answers the newest token
//   connect               a new stream, of an Envoy that has nothing; the old one is gone
class Conversation {
 public:
  Conversation(bool delta, Limits limits = {}) : delta_(delta), limits_(limits) { Connect(); }

  // Says it; answers with all responses that follow, joined by "; ".
  std::string Say(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "set") {
      words >> generation_;
      std::string rest;
      std::getline(words, rest);
      config_ = ParseConfig(rest);
      shared_.refusals.OnConfig(*config_);
      peer_->client().OnConfig(config_, generation_, now_);
    } else if (verb == "ask") {
      Ask(words);
    } else if (verb == "drop") {
      char type;
      words >> type;
      peer_->Drop(type, Rest(words));
    } else if (verb == "ack" || verb == "nack") {
      char type;
      words >> type;
      std::string error;
      std::getline(words, error);
      if (unanswered_[type].empty()) return "nothing to answer";
      const Heard heard = unanswered_[type].front();
      unanswered_[type].pop_front();
      peer_->Answer(heard, verb == "ack" ? "" : error.substr(1));
    } else if (verb == "wait") {
      int ms = 0;
      words >> ms;
      now_ += std::chrono::milliseconds(ms);
    } else if (verb == "warm") {
      peer_->client().OnWarm(peer_->client().awaiting_warm());
    } else if (verb == "connect") {
      Connect();
    } else {
      ADD_FAILURE() << "what is " << line;
    }
    return Hear();
  }

  Peer& peer() { return *peer_; }
  Shared& shared() { return shared_; }
  Time now() const { return now_; }

 private:
  void Connect() {
    if (auto* sotw = dynamic_cast<SotwPeer*>(peer_.get())) {
      for (const char type : kLetters) versions_[type] = sotw->version(type);
    }
    unanswered_.clear();
    if (delta_) {
      peer_ = std::make_unique<DeltaPeer>(shared_, limits_);
    } else {
      peer_ = std::make_unique<SotwPeer>(shared_, limits_);
    }
    if (config_ != nullptr) peer_->client().OnConfig(config_, generation_, now_);
  }
  static std::vector<std::string> Rest(std::istringstream& words) {
    std::vector<std::string> rest;
    for (std::string word; words >> word;) rest.push_back(word);
    return rest;
  }
  void Ask(std::istringstream& words) {
    char type;
    words >> type;
    std::vector<std::string> names;
    std::map<std::string, std::string> has;
    bool claims = false;
    for (const std::string& word : Rest(words)) {
      if (word == "has") {
        claims = true;
        if (!delta_) has["version"] = versions_[type];
      } else if (!claims) {
        names.push_back(word);
      } else if (delta_) {
        has[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
      }
    }
    peer_->Ask(type, names, has);
  }
  std::string Hear() {
    std::string text;
    while (const std::optional<Heard> heard = peer_->Hear(now_)) {
      text += (text.empty() ? "" : "; ") + heard->text();
      unanswered_[heard->type].push_back(*heard);
      if (text.size() > 10'000) return text + " ... without end";
    }
    return text;
  }

  const bool delta_;
  const Limits limits_;
  Shared shared_{Refusals(StringsOf)};
  Time now_{std::chrono::hours(1)};
  envoy::ConfigPtr config_;
  uint64_t generation_ = 0;
  std::unique_ptr<Peer> peer_;
  std::map<char, std::string> versions_;
  std::map<char, std::deque<Heard>> unanswered_;
};

}  // namespace nuncio::xds::testing
