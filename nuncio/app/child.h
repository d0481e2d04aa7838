#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/app/backoff.h"
#include "nuncio/app/process.h"

namespace nuncio::app {

// One process that is to be alive: started when it is due, due again after a back-off when it ended. Not thread-safe.
class Child {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `command` is asked at each start.
  Child(std::string name, const Backoff::Limits& limits, std::function<absl::StatusOr<Command>()> command);

  void WantAt(Time time) { due_ = time; }
  // Starts it when it is due. A start that fails counts as a life of no length.
  void StartIfDue(Time now);
  // Takes note of the end of a process; false when it is not this one's.
  bool OnEnd(pid_t pid, int wait_status, Time now);
  // It is not started again; the process that lives, if one does, gets the signal (0: none).
  void Stop(int signal);

  const std::string& name() const { return name_; }
  bool alive() const { return pid_ > 0; }
  std::optional<Time> due() const { return due_; }

 private:
  void Again(Time now);

  const std::string name_;
  const std::function<absl::StatusOr<Command>()> command_;
  Backoff backoff_;
  pid_t pid_ = 0;  // 0: it does not live
  Time started_{};
  std::optional<Time> due_;
  bool stopped_ = false;
};

}  // namespace nuncio::app
