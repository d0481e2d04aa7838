#include "nuncio/app/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

constexpr size_t kLongestLine = 1024;

void Close(int& descriptor) {
  if (descriptor >= 0) close(std::exchange(descriptor, -1));
}

sigset_t Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Supervisor::Supervisor(SupervisorPlan plan)
    : plan_(std::move(plan)),
      drain_(EnvoyAdmin(plan_.admin_address_file), plan_.drain_time, plan_.drain_grace),
      control_plane_("control plane", plan_.backoff, [this] { return ControlPlaneCommand(); }),
      envoy_("Envoy", plan_.backoff, [this] { return EnvoyCommand(); }) {}

Supervisor::~Supervisor() {
  Close(signals_);
  Close(settings_read_);
  Close(settings_write_);
}

absl::StatusOr<Command> Supervisor::ControlPlaneCommand() {
  Close(settings_read_);
  settings_line_.clear();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  settings_read_ = ends[0];
  settings_write_ = ends[1];
  fcntl(settings_read_, F_SETFL, O_NONBLOCK);
  return plan_.control_plane(settings_write_);
}

absl::StatusOr<Command> Supervisor::EnvoyCommand() {
  // What the Envoy before wrote is not this one's address.
  unlink(plan_.admin_address_file.c_str());
  return plan_.envoy(settings_);
}

int Supervisor::TimeoutMs(Time now) const {
  std::optional<Time> next;
  const auto consider = [&](std::optional<Time> time) {
    if (time.has_value() && (!next.has_value() || *time < *next)) next = time;
  };
  consider(control_plane_.due());
  consider(envoy_.due());
  consider(kill_at_);
  if (drain_.phase() == Drain::Phase::kAnnounced || drain_.phase() == Drain::Phase::kClosed) consider(drain_.next());
  if (!next.has_value()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - now).count();
  return static_cast<int>(std::clamp<int64_t>(wait, 0, 60'000));
}

void Supervisor::OnSignals(Time now) {
  signalfd_siginfo info;
  while (read(signals_, &info, sizeof(info)) == sizeof(info)) {
    if (info.ssi_signo == SIGCHLD) continue;  // every round reaps
    if (drain_.phase() == Drain::Phase::kServing) {
      drain_.Begin(now);
    } else if (!IsKeyPress(static_cast<int>(info.ssi_signo), info.ssi_code)) {
      log::Info(absl::StrCat("SIG", sigabbrev_np(static_cast<int>(info.ssi_signo)), ": draining already"));
    } else if (kill_at_.has_value()) {
      kill_at_ = now;
    } else {
      drain_.Hurry(now);
    }
  }
}

void Supervisor::OnSettings(Time now) {
  char buffer[256];
  ssize_t got;
  while ((got = read(settings_read_, buffer, sizeof(buffer))) > 0) settings_line_.append(buffer, got);
  const bool ended = got == 0 || settings_line_.size() > kLongestLine;
  for (size_t end; (end = settings_line_.find('\n')) != std::string::npos; settings_line_.erase(0, end + 1)) {
    const std::optional<Settings> settings = FromLine(settings_line_.substr(0, end));
    if (!settings.has_value()) continue;
    if (envoy_.alive() && *settings != settings_) {
      log::Warning(absl::StrCat("Envoy's admin port changes to ", settings->admin_port, " at Envoy's next start"));
    }
    settings_ = *settings;
    // The first start does not wait any longer, if it has not happened. A back-off goes on.
    const bool first = !std::exchange(told_, true);
    if (drain_.phase() == Drain::Phase::kServing && first && !envoy_.alive()) envoy_.WantAt(now);
  }
  if (ended) Close(settings_read_);
}

void Supervisor::Reap(Time now) {
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (control_plane_.OnEnd(pid, status, now)) continue;
    if (envoy_.OnEnd(pid, status, now) && drain_.phase() == Drain::Phase::kServing) plan_.explain_envoy(settings_);
  }
}

void Supervisor::Advance(Time now) {
  control_plane_.StartIfDue(now);
  Close(settings_write_);
  envoy_.StartIfDue(now);

  if (drain_.phase() == Drain::Phase::kServing) return;
  if (!std::exchange(drain_told_, true)) {
    control_plane_.Stop(SIGUSR1);
    envoy_.Stop(0);
  }
  if (now >= drain_.next()) drain_.Step(now);
  if (!envoy_.alive() || drain_.phase() == Drain::Phase::kDone) {
    if (!kill_at_.has_value()) {
      kill_at_ = now + plan_.stop_wait;
      control_plane_.Stop(SIGTERM);
      envoy_.Stop(SIGTERM);
    } else if (now >= *kill_at_) {
      control_plane_.Stop(SIGKILL);
      envoy_.Stop(SIGKILL);
      kill_at_ = now + plan_.stop_wait;
    }
  }
}

bool Supervisor::Ended() const { return kill_at_.has_value() && !control_plane_.alive() && !envoy_.alive(); }

absl::Status Supervisor::Run() {
  const sigset_t signals = Signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) return absl::ErrnoToStatus(errno, "signalfd");

  const Time start = std::chrono::steady_clock::now();
  control_plane_.WantAt(start);
  envoy_.WantAt(start + plan_.settings_wait);
  while (true) {
    Time now = std::chrono::steady_clock::now();
    Reap(now);
    Advance(now);
    if (Ended()) return absl::OkStatus();
    // poll() passes over a negative descriptor.
    pollfd waited[2] = {{signals_, POLLIN, 0}, {settings_read_, POLLIN, 0}};
    poll(waited, 2, TimeoutMs(std::chrono::steady_clock::now()));
    now = std::chrono::steady_clock::now();
    if (waited[0].revents != 0) OnSignals(now);
    if (waited[1].revents != 0) OnSettings(now);
  }
}

}  // namespace nuncio::app
