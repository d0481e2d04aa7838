#include "nuncio/app/child.h"

#include <csignal>
#include <random>

#include "absl/strings/str_cat.h"
#include "nuncio/base/log.h"

namespace nuncio::app {
namespace {

double Chance() {
  static std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<>(0, 1)(generator);
}

}  // namespace

Child::Child(std::string name, const Backoff::Limits& limits, std::function<absl::StatusOr<Command>()> command)
    : name_(std::move(name)), command_(std::move(command)), backoff_(limits, Chance) {}

void Child::StartIfDue(Time now) {
  if (stopped_ || !due_.has_value() || now < *due_) return;
  due_.reset();
  started_ = now;
  const absl::StatusOr<Command> command = command_();
  const absl::StatusOr<pid_t> pid = command.ok() ? Start(*command) : command.status();
  if (pid.ok()) {
    pid_ = *pid;
    log::Info(absl::StrCat(name_, " started, process ", pid_));
    return;
  }
  log::Error(absl::StrCat(name_, " could not be started: ", pid.status().message()));
  Again(now);
}

bool Child::OnEnd(pid_t pid, int wait_status, Time now) {
  if (pid != pid_ || pid == 0) return false;
  pid_ = 0;
  const std::string end = absl::StrCat(name_, " ", DescribeEnd(wait_status));
  if (stopped_) {
    log::Info(end);
    return true;
  }
  log::Error(end);
  Again(now);
  return true;
}

void Child::Again(Time now) {
  const auto delay = backoff_.NextDelay(std::chrono::duration_cast<std::chrono::milliseconds>(now - started_));
  due_ = now + delay;
  log::Info(absl::StrCat(name_, " starts again in ", delay.count(), " ms"));
}

void Child::Stop(int signal) {
  stopped_ = true;
  due_.reset();
  if (alive()) kill(pid_, signal);
}

}  // namespace nuncio::app
