#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "nuncio/app/backoff.h"
#include "nuncio/app/child.h"
#include "nuncio/app/drain.h"
#include "nuncio/app/settings.h"

namespace nuncio::app {

// What the supervisor is to run and how patient it is.
struct SupervisorPlan {
  // The control plane writes its Settings as a line to this descriptor, which it inherits.
  std::function<Command(int settings_descriptor)> control_plane;
  // Writes the bootstrap.
  std::function<absl::StatusOr<Command>(const Settings& settings)> envoy;
  // Called when Envoy ended by itself: looks for a reason that Envoy's own log may not say plainly.
  std::function<void(const Settings& settings)> explain_envoy;
  std::string admin_address_file;  // that Envoy writes
  std::chrono::milliseconds drain_time{5'000};
  std::chrono::milliseconds drain_grace{20'000};
  std::chrono::milliseconds settings_wait{10'000};  // then Envoy starts with the defaults
  std::chrono::milliseconds stop_wait{5'000};       // from SIGTERM to SIGKILL
  Backoff::Limits backoff;
};

// The small parent of the control plane and Envoy: one thread, one poll loop, nothing that can fail by a user's input.
// Whatever happens to one child does not touch the other. The first SIGTERM, SIGINT or SIGHUP begins a drain (Drain).
// Each further Ctrl-C ends the phase that it is in; other signals do not, since one wish to end often arrives twice (at
// the process group, and passed on by whoever started this process). SIGUSR1 tells the control plane that the drain has
// begun.
//
// Precondition: the process has one thread. Takes over its signals.
class Supervisor {
 public:
  explicit Supervisor(SupervisorPlan plan);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Runs until both children have ended after a signal. Errors: the kernel gives no descriptors.
  absl::Status Run();

 private:
  using Time = std::chrono::steady_clock::time_point;

  absl::StatusOr<Command> ControlPlaneCommand();
  absl::StatusOr<Command> EnvoyCommand();
  int TimeoutMs(Time now) const;
  void OnSignals(Time now);
  void OnSettings(Time now);
  void Reap(Time now);
  void Advance(Time now);
  bool Ended() const;

  const SupervisorPlan plan_;
  Settings settings_;
  Drain drain_;
  Child control_plane_;
  Child envoy_;
  int signals_ = -1;           // signalfd
  int settings_read_ = -1;     // from the control plane that lives
  int settings_write_ = -1;    // open only while it is being started
  std::string settings_line_;  // what of a line has arrived
  std::optional<Time> kill_at_;
  bool told_ = false;        // the control plane has told its settings once
  bool drain_told_ = false;  // and has been told of the drain
};

}  // namespace nuncio::app
