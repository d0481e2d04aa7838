#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "nuncio/envoy/config.h"

namespace nuncio::xds {

// Which clusters must not be named by a route yet. A cluster that Envoy has serves on while a changed one warms up, so
// that only its answer is awaited. A new one must be warm: with endpoints of its own, when Envoy has accepted them;
// otherwise no acknowledgement tells, and whoever asks Envoy answers to a token. (envoy-floor: the acknowledgement of a
// cluster comes before it is warm.) Not thread-safe.
class Gate {
 public:
  // The cluster is about to be sent. `is_new`: the client has none of that name.
  void Await(std::string_view name, bool is_new);
  // `by_endpoints`: the configuration holds endpoints of that name.
  void OnCluster(std::string_view name, bool by_endpoints);
  // The endpoints are accepted, or refused: they do not come any better.
  void OnEndpoints(std::string_view name);
  void Forget(std::string_view name);
  // Every cluster that was accepted before `token` was given out is warm.
  void OnWarm(uint64_t token);
  // Stops waiting for the clusters of `config`.
  void GiveUp(const envoy::Config& config);

  bool Open(const envoy::Config& config) const;
  // Gives a token to the clusters that have none; `last` is the one given out last, by anybody.
  void GiveTokens(uint64_t& last);
  uint64_t awaiting_warm() const;  // the newest token; 0: none

 private:
  struct Cluster {
    enum class Waits { kAnswer, kEndpoints, kWarm };
    bool is_new = false;
    Waits waits = Waits::kAnswer;
    uint64_t token = 0;
  };
  std::map<std::string, Cluster, std::less<>> clusters_;
};

}  // namespace nuncio::xds
