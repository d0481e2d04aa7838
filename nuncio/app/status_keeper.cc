#include "nuncio/app/status_keeper.h"

#include <utility>

namespace nuncio::app {

StatusKeeper::StatusKeeper(std::string ambassador_id, Calls calls, Duration gather, Duration between)
    : ambassador_id_(std::move(ambassador_id)),
      calls_(std::move(calls)),
      gather_(gather),
      between_(between),
      thread_([this] { Run(); }) {}

StatusKeeper::~StatusKeeper() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void StatusKeeper::OnGeneration(pipeline::GenerationPtr generation) {
  {
    std::lock_guard lock(mutex_);
    generations_.push_back(std::move(generation));
    if (generations_.size() > kMostGenerations) generations_.pop_front();
    if (!dirty_.has_value()) dirty_ = Clock::now();
  }
  changed_.notify_all();
}

void StatusKeeper::OnProgress() {
  {
    std::lock_guard lock(mutex_);
    if (!dirty_.has_value()) dirty_ = Clock::now();
  }
  changed_.notify_all();
}

void StatusKeeper::OnLeading(bool leading) {
  {
    std::lock_guard lock(mutex_);
    leading_ = leading;
    if (leading) dirty_ = Clock::now();
  }
  changed_.notify_all();
}

// Until there is something to tell, and it is time to. False after the stop.
bool StatusKeeper::Wait(std::unique_lock<std::mutex>& lock) {
  while (!stopped_) {
    if ((competing_ && !leading_) || !dirty_.has_value() || generations_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Clock::time_point due = std::max(*dirty_ + gather_, told_at_ + between_);
    if (Clock::now() >= due) return true;
    changed_.wait_until(lock, due);
  }
  return false;
}

// `generations` are in order, the newest last.
void StatusKeeper::Tell(const std::deque<pipeline::GenerationPtr>& generations, bool leading) {
  const xds::Progress progress = calls_.progress();
  last_good_.Follow(progress.refusals, acknowledged_);
  for (const pipeline::GenerationPtr& generation : generations) {
    if (generation->number != progress.acknowledged || progress.acknowledged == acknowledged_number_) continue;
    served_.Follow(*generation->config);
    acknowledged_ = std::make_shared<status::Acknowledged>(generation->snapshot, served_.names());
    acknowledged_number_ = progress.acknowledged;
  }
  if (!leading) return;
  const pipeline::Generation& latest = *generations.back();
  const ir::Findings refused = last_good_.FindingsOf(progress.refusals, *latest.snapshot);
  calls_.write(status::StatusesOf({*latest.snapshot, latest.findings, refused, *acknowledged_, ambassador_id_}));
  told_at_ = Clock::now();
}

void StatusKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (Wait(lock)) {
    dirty_.reset();
    const std::deque<pipeline::GenerationPtr> generations = generations_;
    const bool leading = leading_;
    lock.unlock();
    Tell(generations, leading);
    const bool knows = acknowledged_->snapshot != nullptr;
    if (knows && !competing_) calls_.compete();
    lock.lock();
    competing_ = knows;
    // Those before what Envoy has are of no more use.
    while (generations_.size() > 1 && generations_.front()->number < acknowledged_number_) generations_.pop_front();
  }
}

}  // namespace nuncio::app
