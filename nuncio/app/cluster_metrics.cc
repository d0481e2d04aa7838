#include "nuncio/app/cluster_metrics.h"

#include "nuncio/base/text.h"

namespace nuncio::app {
namespace {

using kube::KindReport;

struct KindSeries {
  const char* name;
  const char* type;
  const char* help;
  uint64_t (*value)(const KindReport&);
};
constexpr KindSeries kKindSeries[] = {
    {"nuncio_kube_synced", "gauge", "1 once all objects of the kind have been read.",
     [](const KindReport& kind) { return uint64_t{kind.synced}; }},
    {"nuncio_kube_watching", "gauge", "1 while a watch of the kind is open.",
     [](const KindReport& kind) { return uint64_t{kind.phase == kube::Reflector::Phase::kWatching}; }},
    {"nuncio_kube_objects", "gauge", "Objects of the kind that are kept.",
     [](const KindReport& kind) { return uint64_t{kind.objects}; }},
    {"nuncio_kube_lists_total", "counter", "Times that all objects of the kind were read.",
     [](const KindReport& kind) { return kind.counters.lists; }},
    {"nuncio_kube_watches_total", "counter", "Watches that were begun.",
     [](const KindReport& kind) { return kind.counters.watches; }},
    {"nuncio_kube_failures_total", "counter", "Lists and watches that failed.",
     [](const KindReport& kind) { return kind.counters.failures; }},
    {"nuncio_kube_throttled_total", "counter", "Times that the API server said: too many requests.",
     [](const KindReport& kind) { return kind.counters.throttled; }},
    {"nuncio_kube_events_total", "counter", "Events that were read.",
     [](const KindReport& kind) { return kind.counters.events; }},
    {"nuncio_kube_bytes_total", "counter", "Bytes of lists and watches that were read, decompressed.",
     [](const KindReport& kind) { return kind.counters.bytes; }},
};

std::string Seconds(uint64_t ms) {
  const std::string rest = Cat(ms % 1000);
  return Cat(ms / 1000, ".", std::string(3 - rest.size(), '0'), rest);
}

std::string LagText(const std::vector<KindReport>& kinds) {
  constexpr char kName[] = "nuncio_kube_watch_lag_seconds";
  std::string out =
      Cat("# HELP ", kName, " From the second in which an object was written (managedFields) to the event of ",
          "the watch.\n# TYPE ", kName, " summary\n");
  for (const KindReport& kind : kinds) {
    const std::string labels = Cat("{group=\"", kind.kind.group, "\",kind=\"", kind.kind.kind, "\"} ");
    out += Cat(kName, "_sum", labels, Seconds(kind.counters.lag_ms), "\n", kName, "_count", labels,
               kind.counters.timed_events, "\n");
  }
  return out;
}

struct TransportSeries {
  const char* name;
  const char* help;
  uint64_t kube::TransportCounters::*value;
};
constexpr TransportSeries kTransportSeries[] = {
    {"nuncio_kube_requests_total", "Requests to the API server.", &kube::TransportCounters::requests},
    {"nuncio_kube_connections_total", "Connections to the API server that were opened.",
     &kube::TransportCounters::connections},
    {"nuncio_kube_dead_connections_total", "Connections that were given up because they did not answer.",
     &kube::TransportCounters::dead_connections},
    {"nuncio_kube_unauthorized_total", "Times that the API server did not accept the credentials.",
     &kube::TransportCounters::unauthorized},
    {"nuncio_kube_credential_reads_total", "Credentials that were read from files and were new.",
     &kube::TransportCounters::credential_reads},
};

struct WriterSeries {
  const char* name;
  const char* type;
  const char* help;
  uint64_t (*value)(const kube::WriterReport&);
};
constexpr WriterSeries kWriterSeries[] = {
    {"nuncio_status_leader", "gauge", "1 while this replica is the one that writes status.",
     [](const kube::WriterReport& writer) { return uint64_t{writer.leading}; }},
    {"nuncio_status_leaderships_total", "counter", "Times that this replica became the one that writes status.",
     [](const kube::WriterReport& writer) { return writer.leaderships; }},
    {"nuncio_status_pending", "gauge", "Objects whose status is yet to be written.",
     [](const kube::WriterReport& writer) { return uint64_t{writer.statuses.pending}; }},
    {"nuncio_status_writes_total", "counter", "Statuses that were written.",
     [](const kube::WriterReport& writer) { return writer.statuses.writes; }},
    {"nuncio_status_conflicts_total", "counter", "Statuses that were not written because of another writer.",
     [](const kube::WriterReport& writer) { return writer.statuses.conflicts; }},
    {"nuncio_status_failures_total", "counter", "Statuses that could not be written for any other reason.",
     [](const kube::WriterReport& writer) { return writer.statuses.failures; }},
    {"nuncio_status_throttled_total", "counter", "Times that the API server answered a status with: too many requests.",
     [](const kube::WriterReport& writer) { return writer.statuses.throttled; }},
    {"nuncio_events_written_total", "counter", "Events that were written.",
     [](const kube::WriterReport& writer) { return writer.events.written; }},
    {"nuncio_events_dropped_total", "counter", "Events that were too many or that the API server did not take.",
     [](const kube::WriterReport& writer) { return writer.events.dropped; }},
};

}  // namespace

std::string MetricsText(const kube::SourceReport& report) {
  std::string out;
  for (const KindSeries& series : kKindSeries) {
    out += Cat("# HELP ", series.name, " ", series.help, "\n# TYPE ", series.name, " ", series.type, "\n");
    for (const KindReport& kind : report.kinds) {
      out += Cat(series.name, "{group=\"", kind.kind.group, "\",kind=\"", kind.kind.kind, "\"} ", series.value(kind),
                 "\n");
    }
  }
  out += LagText(report.kinds);
  out +=
      Cat("# HELP nuncio_kube_waiting_objects Objects that are not served yet because the Secret that they name has ",
          "not been read.\n# TYPE nuncio_kube_waiting_objects gauge\nnuncio_kube_waiting_objects ",
          report.waiting_objects, "\n");
  for (const TransportSeries& series : kTransportSeries) {
    out += Cat("# HELP ", series.name, " ", series.help, "\n# TYPE ", series.name, " counter\n", series.name, " ",
               report.transport.*series.value, "\n");
  }
  for (const WriterSeries& series : kWriterSeries) {
    if (!report.writer.enabled) break;
    out += Cat("# HELP ", series.name, " ", series.help, "\n# TYPE ", series.name, " ", series.type, "\n", series.name,
               " ", series.value(report.writer), "\n");
  }
  return out;
}

}  // namespace nuncio::app
