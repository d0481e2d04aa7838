#pragma once

#include <functional>
#include <string>

#include "nuncio/kube/event_writer.h"
#include "nuncio/kube/lease.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/status_writer.h"

namespace nuncio::kube {

struct WriterOptions {
  bool enabled = false;
  std::string ns;             // of the Lease: the Pod's
  std::string ambassador_id;  // which installation
  std::string pod_name, pod_uid;
  std::function<void(bool)> on_leading;  // on the thread of the source
};

struct WriterReport {
  bool enabled = false;
  bool leading = false;
  uint64_t leaderships = 0;  // times that the Lease was won
  StatusWriter::Counters statuses;
  EventWriter::Counters events;
};

// All that is written to an API server: status and Events, by the one replica that holds the Lease. Belongs to the
// thread of its loop.
class Writer {
 public:
  Writer(Loop& loop, WriterOptions options);

  // A writer that is not enabled does nothing, ever.
  void Start();
  void SetStatuses(std::vector<status::ObjectStatus> wanted) { statuses_.SetWanted(std::move(wanted)); }
  // As Lease::Release.
  void Release(std::function<void()> done);
  ObjectObserver* observer() { return options_.enabled ? &statuses_ : nullptr; }
  WriterReport Report() const;

 private:
  void OnLease();

  const WriterOptions options_;
  EventWriter events_;
  StatusWriter statuses_;
  Lease lease_;
};

}  // namespace nuncio::kube
