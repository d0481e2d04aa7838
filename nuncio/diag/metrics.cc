#include "nuncio/diag/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "nuncio/base/version.h"
#include "nuncio/diag/refusals.h"

namespace nuncio::diag {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

constexpr std::array<const char*, envoy::kResourceTypes> kTypes = {"secret", "cluster", "endpoints", "listener",
                                                                   "routes"};
constexpr std::array<const char*, 3> kSeverities = {"error", "warning", "notice"};

const Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                              0.1,    0.25,  0.5,    1,     2.5,  5,     10};

Counter& AddCounter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}
Gauge& AddGauge(Registry& registry, const char* name, const char* help, const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}
Histogram& AddHistogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, kSeconds);
}

double Seconds(std::chrono::duration<double> duration) { return duration.count(); }

// The series of a total that is counted elsewhere.
void RaiseTo(Counter& counter, uint64_t total) {
  const double missing = static_cast<double>(total) - counter.Value();
  if (missing > 0) counter.Increment(missing);
}

double ResidentBytes() {
  double total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double UnixNow() { return Seconds(std::chrono::system_clock::now().time_since_epoch()); }

// Observes every generation up to `reached` and forgets it.
void Observe(std::map<uint64_t, Metrics::Time>& pending, uint64_t reached, Metrics::Time now, Histogram& histogram) {
  const auto end = pending.upper_bound(reached);
  for (auto at = pending.begin(); at != end; ++at) histogram.Observe(Seconds(now - at->second));
  pending.erase(pending.begin(), end);
}

}  // namespace

struct Metrics::Series {
  Registry registry;
  Counter& generations = AddCounter(registry, "nuncio_generations_total", "Generations that were built.");
  Gauge& latest =
      AddGauge(registry, "nuncio_generation", "Number of the generation at this stage.", {{"stage", "latest"}});
  Gauge& sent = AddGauge(registry, "nuncio_generation", "Number of the generation at this stage.", {{"stage", "sent"}});
  Gauge& acknowledged =
      AddGauge(registry, "nuncio_generation", "Number of the generation at this stage.", {{"stage", "acknowledged"}});
  Histogram& build = AddHistogram(registry, "nuncio_build_seconds", "Time to build a generation.");
  Histogram& to_sent = AddHistogram(registry, "nuncio_change_to_sent_seconds",
                                    "From the file event to the last response that its generation needed.");
  Histogram& to_acknowledged = AddHistogram(registry, "nuncio_change_to_acknowledged_seconds",
                                            "From the file event to Envoy's answer to all of its generation.");
  std::array<Gauge*, envoy::kResourceTypes> resources;
  std::array<Gauge*, kSeverities.size()> findings;
  Counter& responses = AddCounter(registry, "nuncio_xds_responses_total", "Responses sent to Envoy.");
  Counter& acks = AddCounter(registry, "nuncio_xds_acks_total", "Responses that Envoy accepted.");
  Counter& nacks = AddCounter(registry, "nuncio_xds_nacks_total", "Responses that Envoy refused, in whole or in part.");
  Counter& bytes = AddCounter(registry, "nuncio_xds_bytes_sent_total", "Bytes of responses sent to Envoy.");
  Gauge& connected = AddGauge(registry, "nuncio_envoy_connected", "1 while Envoy holds an ADS stream.");
  Gauge& refused = AddGauge(registry, "nuncio_refused_resources", "Resources that Envoy refuses now.");
  Gauge& memory = AddGauge(registry, "process_resident_memory_bytes", "Resident memory of the control plane.");
  Gauge& started = AddGauge(registry, "process_start_time_seconds", "Start of the control plane, Unix time.");

  Series() {
    for (size_t type = 0; type < resources.size(); ++type) {
      resources[type] =
          &AddGauge(registry, "nuncio_resources", "Resources of the latest generation.", {{"type", kTypes[type]}});
    }
    for (size_t severity = 0; severity < findings.size(); ++severity) {
      findings[severity] =
          &AddGauge(registry, "nuncio_findings", "Findings that hold now.", {{"severity", kSeverities[severity]}});
    }
    AddGauge(registry, "nuncio_info", "Always 1.", {{"version", std::string(kVersion)}}).Set(1);
    started.Set(UnixNow());
  }
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::OnGeneration(const pipeline::Generation& generation, Time changed) {
  std::lock_guard lock(mutex_);
  series_->generations.Increment();
  series_->build.Observe(Seconds(generation.build_time));
  for (size_t type = 0; type < envoy::kResourceTypes; ++type) {
    series_->resources[type]->Set(static_cast<double>(generation.config->resources[type].size()));
  }
  findings_.fill(0);
  for (const ir::Finding& finding : generation.findings) findings_[static_cast<size_t>(finding.severity)] += 1;
  unsent_[generation.number] = changed;
  unacknowledged_[generation.number] = changed;
}

void Metrics::OnProgress(const xds::Progress& progress, Time now) {
  std::lock_guard lock(mutex_);
  Observe(unsent_, progress.sent, now, series_->to_sent);
  Observe(unacknowledged_, progress.acknowledged, now, series_->to_acknowledged);
}

std::string Metrics::Text(const xds::Progress& progress) {
  std::lock_guard lock(mutex_);
  Series& series = *series_;
  series.latest.Set(static_cast<double>(progress.latest));
  series.sent.Set(static_cast<double>(progress.sent));
  series.acknowledged.Set(static_cast<double>(progress.acknowledged));
  RaiseTo(series.responses, progress.responses);
  RaiseTo(series.acks, progress.acks);
  RaiseTo(series.nacks, progress.nacks);
  RaiseTo(series.bytes, progress.bytes_sent);
  series.connected.Set(progress.connected ? 1 : 0);
  series.refused.Set(static_cast<double>(progress.refusals.size()));
  series.memory.Set(ResidentBytes());

  std::array<double, kSeverities.size()> counts = findings_;
  counts[static_cast<size_t>(ir::Severity::kError)] += static_cast<double>(FindingsOf(progress.refusals).size());
  for (size_t severity = 0; severity < counts.size(); ++severity) series.findings[severity]->Set(counts[severity]);
  return prometheus::TextSerializer().Serialize(series.registry.Collect());
}

}  // namespace nuncio::diag
