#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "nuncio/xds/delta_session.h"
#include "nuncio/xds/sotw_session.h"

// For tests: the client's end of a stream of either protocol. The bytes of a resource are "name=version".
namespace nuncio::xds::testing {

inline constexpr std::string_view kLetters = "SCELR";

inline envoy::ResourceType TypeOfLetter(char letter) { return envoy::kAllResourceTypes[kLetters.find(letter)]; }
inline char LetterOf(envoy::ResourceType type) { return kLetters[static_cast<size_t>(type)]; }

inline envoy::ResourcePtr Numbered(const std::string& name, const std::string& version) {
  return std::make_shared<const envoy::Resource>(
      envoy::Resource{name, name + "=" + version, version, {{"Mapping", "default", name, "", 0}}});
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

// As Envoy reads it.
template <typename Response>
std::optional<Response> Parse(const std::optional<Outgoing>& outgoing) {
  if (!outgoing.has_value()) return std::nullopt;
  Response response;
  EXPECT_TRUE(response.ParseFromString(outgoing->Join()));
  EXPECT_EQ(outgoing->size(), outgoing->Join().size());
  return response;
}

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
    const auto response = Parse<DeltaSession::Response>(session_.Next(now));
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
    const auto response = Parse<SotwSession::Response>(session_.Next(now));
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

}  // namespace nuncio::xds::testing
