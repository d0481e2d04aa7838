#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nuncio::app {

// Envoy's admin interface, on the loopback address that Envoy itself writes into a file (--admin-address-path). A
// question blocks for half a second at most, a command for two. An Envoy that is not there, or not yet, is no error: it
// has nothing to say. Stateless and thread-safe.
class EnvoyAdmin {
 public:
  explicit EnvoyAdmin(std::string address_file) : address_file_(std::move(address_file)) {}

  // All that Envoy was sent in the beginning has arrived and is warm: its own state is LIVE.
  bool Ready() const;
  // Clusters that wait for their first endpoints or name resolution.
  std::optional<uint64_t> WarmingClusters() const;
  // Requests and TCP connections of clients that are under way.
  std::optional<uint64_t> ActiveWork() const;
  // False when Envoy is not there, or does not answer 200. One that does not answer in time is busy, with a large
  // configuration for example: it has the command, and obeys when it can.
  bool Post(const std::string& path) const;

 private:
  std::optional<std::string> Get(const std::string& path) const;

  const std::string address_file_;
};

// The number of a statistic in the text that /stats answers.
std::optional<uint64_t> StatIn(const std::string& stats, const std::string& name);

// From /stats: the active HTTP requests of all listeners but the admin's, and the connections that carry no HTTP.
uint64_t ActiveWorkIn(const std::string& stats);

}  // namespace nuncio::app
