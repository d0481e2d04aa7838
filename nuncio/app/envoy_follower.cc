#include "nuncio/app/envoy_follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nuncio/app/change_log.h"
#include "nuncio/base/log.h"
#include "nuncio/diag/refusals.h"

namespace nuncio::app {
namespace {

constexpr std::chrono::milliseconds kAskFirst{5};
constexpr std::chrono::milliseconds kAskLast{100};

}  // namespace

EnvoyFollower::EnvoyFollower(EnvoyAdmin admin, xds::Cache& cache, diag::Health& health)
    : admin_(std::move(admin)), cache_(cache), health_(health), thread_([this] { Run(); }) {}

EnvoyFollower::~EnvoyFollower() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EnvoyFollower::OnProgress() {
  {
    std::lock_guard lock(mutex_);
    pending_ = true;
  }
  changed_.notify_one();
}

// False after the stop.
bool EnvoyFollower::Wait() {
  std::unique_lock lock(mutex_);
  const auto wanted = [this] { return stopped_ || pending_; };
  if (ask_again_.count() == 0) {
    changed_.wait(lock, wanted);
  } else {
    changed_.wait_for(lock, ask_again_, wanted);
  }
  pending_ = false;
  return !stopped_;
}

void EnvoyFollower::Run() {
  while (Wait()) {
    const diag::Health::Work work(health_, diag::Health::Worker::kObserver);
    Follow();
  }
}

void EnvoyFollower::Follow() {
  const xds::Progress progress = cache_.progress();
  health_.OnProgress(progress);
  LogRefusals(progress.refusals);
  AskWhetherWarm(progress);
}

void EnvoyFollower::LogRefusals(const std::vector<xds::Refusal>& refusals) {
  if (refusals == refusals_) return;
  LogNewFindings(diag::FindingsOf(refusals_), diag::FindingsOf(refusals));
  for (const xds::Refusal& before : refusals_) {
    const bool holds = std::any_of(refusals.begin(), refusals.end(), [&](const xds::Refusal& now) {
      return now.type == before.type && now.name == before.name;
    });
    if (!holds) log::Info(absl::StrCat("Envoy no longer refuses \"", before.name, "\""));
  }
  refusals_ = refusals;
}

void EnvoyFollower::AskWhetherWarm(const xds::Progress& progress) {
  const bool first = !was_warm_ && progress.acknowledged > 0;
  if (progress.awaiting_warm == 0 && !first) {
    ask_again_ = {};
    return;
  }
  if (admin_.WarmingClusters() != 0u) {
    ask_again_ = std::clamp(ask_again_ * 2, kAskFirst, kAskLast);
    return;
  }
  ask_again_ = {};
  if (first) {
    was_warm_ = true;
    health_.OnWarm();
    log::Info("Envoy has acknowledged the configuration and its clusters are warm");
  }
  if (progress.awaiting_warm != 0) cache_.OnWarm(progress.awaiting_warm);
}

}  // namespace nuncio::app
