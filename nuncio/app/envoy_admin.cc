#include "nuncio/app/envoy_admin.h"

#include <httplib.h>

#include <chrono>
#include <fstream>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace nuncio::app {
namespace {

constexpr std::chrono::milliseconds kGetTimeout{500};
constexpr std::chrono::milliseconds kPostTimeout{2'000};
constexpr char kWarmingClusters[] = "cluster_manager.warming_clusters";

std::optional<httplib::Client> Client(const std::string& address_file, std::chrono::milliseconds timeout) {
  std::string address;
  if (!(std::ifstream(address_file) >> address)) return std::nullopt;
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) return std::nullopt;
  httplib::Client client(address.substr(0, colon), port);
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  return client;
}

// "name: 12" in each line; lines without a number (histograms) are left out.
std::map<std::string, uint64_t> Parse(const std::string& stats) {
  std::map<std::string, uint64_t> values;
  for (const auto line : absl::StrSplit(stats, '\n')) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits(": ", 1));
    uint64_t value = 0;
    if (absl::SimpleAtoi(parts.second, &value)) values[parts.first] = value;
  }
  return values;
}

}  // namespace

std::optional<std::string> EnvoyAdmin::Get(const std::string& path) const {
  std::optional<httplib::Client> client = Client(address_file_, kGetTimeout);
  if (!client.has_value()) return std::nullopt;
  const httplib::Result result = client->Get(path);
  if (!result || result->status != 200) return std::nullopt;
  return result->body;
}

bool EnvoyAdmin::Post(const std::string& path) const {
  std::optional<httplib::Client> client = Client(address_file_, kPostTimeout);
  if (!client.has_value()) return false;
  const httplib::Result result = client->Post(path);
  return result ? result->status == 200 : result.error() == httplib::Error::Read;
}

bool EnvoyAdmin::Ready() const { return Get("/ready").has_value(); }

std::optional<uint64_t> EnvoyAdmin::WarmingClusters() const {
  const std::optional<std::string> stats = Get(std::string("/stats?filter=^") + kWarmingClusters + "$");
  if (!stats.has_value()) return std::nullopt;
  return StatIn(*stats, kWarmingClusters);
}

std::optional<uint64_t> EnvoyAdmin::ActiveWork() const {
  const std::optional<std::string> stats = Get("/stats?filter=downstream_(rq|cx)_active$");
  if (!stats.has_value()) return std::nullopt;
  return ActiveWorkIn(*stats);
}

std::optional<uint64_t> StatIn(const std::string& stats, const std::string& name) {
  const std::map<std::string, uint64_t> values = Parse(stats);
  const auto at = values.find(name);
  if (at == values.end()) return std::nullopt;
  return at->second;
}

uint64_t ActiveWorkIn(const std::string& stats) {
  uint64_t requests = 0, http_connections = 0, connections = 0;
  for (const auto& [name, value] : Parse(stats)) {
    const bool http = absl::StartsWith(name, "http.");
    // The admin's own, and what the workers count of their listener's sum.
    if (absl::StartsWith(name, "http.admin.") || absl::StartsWith(name, "listener.admin.") ||
        absl::StrContains(name, ".worker_")) {
      continue;
    }
    if (http && absl::EndsWith(name, ".downstream_rq_active")) requests += value;
    if (http && absl::EndsWith(name, ".downstream_cx_active")) http_connections += value;
    if (absl::StartsWith(name, "listener.") && absl::EndsWith(name, ".downstream_cx_active")) connections += value;
  }
  return requests + (connections > http_connections ? connections - http_connections : 0);
}

}  // namespace nuncio::app
