#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/envoy/config.h"
#include "nuncio/ir/finding.h"

namespace nuncio::xds {

// A resource that Envoy refused. The version that it accepted before goes on serving in Envoy.
struct Refusal {
  envoy::ResourceType type = envoy::ResourceType::kCluster;
  std::string name;
  std::string version;  // the refused one
  std::string error;    // Envoy's own words
  std::vector<ir::Origin> origins;
  bool has_last_good = false;
  bool operator==(const Refusal&) const = default;
};

// How far Envoy is. Counters only grow.
struct Progress {
  uint64_t latest = 0;        // the generation that was set last; 0: none yet
  uint64_t sent = 0;          // every response that this generation needed was handed to the stream
  uint64_t acknowledged = 0;  // and answered, be it with a refusal; withdrawals may still be due
  bool connected = false;
  // Not 0 while the switch to new routes waits for clusters that resolve by DNS: no acknowledgement tells when such a
  // cluster is warm. Whoever can ask Envoy answers with Cache::OnWarm; a time limit ends the waiting otherwise.
  uint64_t awaiting_warm = 0;
  uint64_t responses = 0, acks = 0, nacks = 0, bytes_sent = 0;
  std::vector<Refusal> refusals;  // that hold now, sorted by type and name
  bool operator==(const Progress&) const = default;
};

struct Limits;

// What Envoy is to have, and what it is known to have. Owns the sessions' shared truth; decides under its lock, calls
// out without it. Thread-safe.
class Cache {
 public:
  // `on_progress` is called, on whatever thread, after each change of Progress but those of counters alone.
  explicit Cache(std::function<void(const Progress&)> on_progress);
  Cache(std::function<void(const Progress&)> on_progress, const Limits& limits);
  ~Cache();

  void Set(envoy::ConfigPtr config, uint64_t generation);
  // All clusters that Envoy has are warm. `token` is the value of Progress::awaiting_warm that is answered; an old one
  // is ignored.
  void OnWarm(uint64_t token);
  Progress progress() const;

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace nuncio::xds
