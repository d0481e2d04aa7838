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
#include "nuncio/xds/peer.h"

// For tests: conversations as text. "C:a=1" is version 1 of cluster a; S, C, E, L and R are the types. "R:r=1,a,b" is a
// route configuration that refers to the clusters a and b.
namespace nuncio::xds::testing {

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
      shared_.refusals.OnConfig(config_);
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
