#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/base/json.h"
#include "nuncio/ir/finding.h"
#include "nuncio/ir/match.h"
#include "nuncio/ir/model.h"
#include "nuncio/ir/route.h"
#include "nuncio/ir/tls.h"
#include "nuncio/ir/upstream.h"

// What the files of dump.h share: one Dump() for each type of the model. Members are named as in the structs.
namespace nuncio::ir {

inline Json Dump(const std::string& value) { return value; }
inline Json Dump(bool value) { return value; }
inline Json Dump(uint32_t value) { return value; }
inline Json Dump(int value) { return value; }
Json Dump(std::chrono::milliseconds value);  // "3s", "250ms", "0s"
Json Dump(const Origin& origin);             // "Mapping default/quote"
Json Dump(const UpstreamId& id);             // "<name>/<discriminator>"
inline Json Dump(const SecretId& id) { return id.value; }

Json Dump(const StringMatch& match);
Json Dump(const PathMatch& match);
Json Dump(const HeaderMatch& match);
Json Dump(const QueryMatch& match);
Json Dump(const RouteMatch& match);
Json Dump(const AddedHeader& header);
Json Dump(const HeaderEdits& edits);
Json Dump(const RegexRewrite& rewrite);
Json Dump(const Route& route);

Json Dump(TlsVersion version);
Json Dump(const TlsParameters& parameters);
Json Dump(const Secret& secret);
Json Dump(const DownstreamTls& tls);
Json Dump(const UpstreamTls& tls);

Json Dump(const HeaderCase& header_case);
Json Dump(const CircuitBreaker& breaker);
Json Dump(const TcpKeepalive& keepalive);
Json Dump(const HealthCheck& check);
Json Dump(const Upstream& upstream);
Json Dump(const Endpoint& endpoint);
Json Dump(const EndpointSet& set);

Json Dump(const HttpSettings& settings);
Json Dump(const VirtualHost& host);
Json Dump(const FilterChain& chain);
Json Dump(const Listener& listener);

template <typename T>
Json Dump(const std::shared_ptr<const T>& value) {
  return Dump(*value);
}

template <typename List>
Json DumpList(const List& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(Dump(value));
  return list;
}
template <typename T>
Json Dump(const std::vector<T>& values) {
  return DumpList(values);
}
template <typename T>
Json Dump(const SharedList<T>& values) {
  return DumpList(values);
}

// An object that leaves out what says nothing.
class DumpedObject {
 public:
  template <typename T>
  DumpedObject& Member(const char* name, const T& value, const T& standard = T{}) {
    if (value != standard) json_[name] = Dump(value);
    return *this;
  }
  template <typename T>
  DumpedObject& Member(const char* name, const std::optional<T>& value) {
    if (value) json_[name] = Dump(*value);
    return *this;
  }
  // Stands there whatever its value.
  DumpedObject& Always(const char* name, Json value) {
    json_[name] = std::move(value);
    return *this;
  }
  Json Take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

}  // namespace nuncio::ir
