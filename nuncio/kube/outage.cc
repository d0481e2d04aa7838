#include "nuncio/kube/outage.h"

#include <algorithm>
#include <utility>

namespace nuncio::kube {
namespace {

// Not /version: an API server that starts answers that before it knows anybody's rights, and would refuse what is asked
// next with a 403. It allows this path to everybody (--authorization-always-allow-paths).
constexpr char kPath[] = "/readyz";
constexpr Duration kAnswerWithin{15'000};
constexpr size_t kMostBytes = 64 << 10;

// Whatever else the answer is, it comes from a server that can be asked. 401: it knows nobody, or nobody yet.
bool IsReady(int status) { return status < 500 && status != 401; }

void Erase(std::deque<Outage::Wait*>& waits, Outage::Wait& wait) {
  waits.erase(std::remove(waits.begin(), waits.end(), &wait), waits.end());
}

}  // namespace

void Outage::Wait::Set(Duration pause, Call call) {
  Stop();
  call_ = std::move(call);
  if (pause <= Duration(0)) return outage_.Add(*this);
  pause_.Set(pause, [this] { outage_.Add(*this); });
}

void Outage::Wait::Pause(Duration pause, Call call) {
  Stop();
  call_ = std::move(call);
  pause_.Set(pause, [this] { outage_.EndPause(*this); });
  outage_.pausing_.push_back(this);
  outage_.ProbeSoon();
}

void Outage::Wait::Stop() {
  pause_.Stop();
  call_ = nullptr;
  outage_.Remove(*this);
}

void Outage::Add(Wait& wait) {
  waiting_.push_back(&wait);
  ProbeSoon();
}

void Outage::EndPause(Wait& wait) {
  if (!away_) return Wake({&wait}, false);
  Erase(pausing_, wait);
  Add(wait);
}

void Outage::Remove(Wait& wait) {
  for (std::deque<Wait*>* waits : {&waking_, &waiting_, &pausing_}) Erase(*waits, wait);
  RestIfIdle();
}

void Outage::RestIfIdle() {
  if (!waiting_.empty() || !pausing_.empty()) return;
  next_.Stop();
  probe_.Cancel();
  unready_since_.reset();
  away_ = false;
}

void Outage::ProbeSoon() {
  if (!next_.running() && !probe_.running()) ProbeAfter(kPause);
}

void Outage::ProbeAfter(Duration pause) {
  const auto stretched = static_cast<Duration::rep>(static_cast<double>(pause.count()) * (1 + loop_.Random()));
  next_.Set(Duration(stretched), [this] {
    Request request;
    request.path = kPath;
    request.accept = "*/*";
    request.until_head = request.until_end = kAnswerWithin;
    probe_.Start(std::move(request), kMostBytes,
                 [this](const absl::StatusOr<Fetch::Answer>& answer) { Answered(answer); });
  });
}

// False when a server has answered for so long that it is not ready that this has to be taken as it is, for once.
bool Outage::IsPatient() {
  if (!unready_since_.has_value()) unready_since_ = loop_.Now();
  if (loop_.Now() - *unready_since_ < kPatience) return true;
  unready_since_.reset();
  return false;
}

void Outage::Wake(std::deque<Wait*> waits, bool came_back) {
  for (Wait* wait : waits) {
    Erase(waiting_, *wait);
    Erase(pausing_, *wait);
  }
  RestIfIdle();
  waking_ = std::move(waits);
  while (!waking_.empty()) {
    Wait& wait = *waking_.front();
    waking_.pop_front();
    wait.pause_.Stop();
    const Wait::Call call = std::exchange(wait.call_, nullptr);
    call(came_back);
  }
}

void Outage::Answered(const absl::StatusOr<Fetch::Answer>& answer) {
  const bool is_ready = answer.ok() && IsReady(answer->head.status);
  const bool came_back = std::exchange(away_, !is_ready) && is_ready;
  if (is_ready) {
    unready_since_.reset();
    std::deque<Wait*> waits = waiting_;
    if (came_back) waits.insert(waits.end(), pausing_.begin(), pausing_.end());
    return Wake(std::move(waits), came_back);
  }
  if (!answer.ok()) {
    unready_since_.reset();
    return ProbeAfter(absl::IsUnauthenticated(answer.status()) ? kCredentialsPause : kPause);
  }
  if (!IsPatient()) Wake(waiting_, false);
  if (!waiting_.empty() || !pausing_.empty()) ProbeSoon();
}

}  // namespace nuncio::kube
