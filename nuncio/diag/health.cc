#include "nuncio/diag/health.h"

#include "absl/strings/str_cat.h"

namespace nuncio::diag {
namespace {

constexpr std::array<const char*, 3> kWorkerNames = {"reading manifests", "building", "following Envoy"};

}  // namespace

Health::Work::Work(Health& health, Worker worker, Time now) : health_(health), worker_(worker) {
  std::lock_guard lock(health_.mutex_);
  health_.busy_since_[static_cast<size_t>(worker_)] = now;
}

Health::Work::~Work() {
  std::lock_guard lock(health_.mutex_);
  health_.busy_since_[static_cast<size_t>(worker_)].reset();
}

void Health::OnSourceProblem(const std::string& problem) {
  std::lock_guard lock(mutex_);
  source_problem_ = problem;
}

void Health::OnProgress(const xds::Progress& progress) {
  std::lock_guard lock(mutex_);
  // Progress may be reported by several threads: what was reached stays reached.
  built_ = built_ || progress.latest > 0;
  acknowledged_ = acknowledged_ || progress.acknowledged > 0;
}

void Health::OnWarm() {
  std::lock_guard lock(mutex_);
  warm_ = true;
}

void Health::OnDrain() {
  std::lock_guard lock(mutex_);
  draining_ = true;
}

std::optional<std::string> Health::Unready() const {
  {
    std::lock_guard lock(mutex_);
    if (draining_) return "draining";
    if (!built_ && !source_problem_.empty()) return source_problem_;
    if (!built_) return "the manifests are being read for the first time";
    if (!acknowledged_) return "Envoy has not acknowledged the first generation yet";
    if (!warm_) return "Envoy's clusters are not warm yet";
  }
  // Asked without the lock: it takes as long as Envoy takes.
  if (!envoy_ready_()) return "Envoy does not say that it is ready";
  return std::nullopt;
}

std::optional<std::string> Health::Dead(Time now) const {
  std::lock_guard lock(mutex_);
  for (size_t worker = 0; worker < busy_since_.size(); ++worker) {
    const std::optional<Time>& since = busy_since_[worker];
    if (!since.has_value() || now - *since <= kLongestWork) continue;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *since).count();
    return absl::StrCat(kWorkerNames[worker], " has been going on for ", seconds, " s");
  }
  return std::nullopt;
}

}  // namespace nuncio::diag
