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

}  // namespace

void Outage::Wait::Set(Duration pause, std::function<void()> call) {
  Stop();
  call_ = std::move(call);
  if (pause <= Duration(0)) return outage_.Add(*this);
  pause_.Set(pause, [this] { outage_.Add(*this); });
}

void Outage::Wait::Stop() {
  pause_.Stop();
  call_ = nullptr;
  outage_.Remove(*this);
}

void Outage::Add(Wait& wait) {
  waiting_.push_back(&wait);
  if (!next_.running() && !probe_.running()) ProbeAfter(kPause);
}

void Outage::Remove(Wait& wait) {
  waking_.erase(std::remove(waking_.begin(), waking_.end(), &wait), waking_.end());
  const auto end = std::remove(waiting_.begin(), waiting_.end(), &wait);
  if (end == waiting_.end()) return;
  waiting_.erase(end, waiting_.end());
  if (!waiting_.empty()) return;
  next_.Stop();
  probe_.Cancel();
  unready_since_.reset();
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

// Whatever else the answer is, it comes from a server that can be asked.
bool Outage::IsReady(int status) {
  if (status < 500) return true;
  if (!unready_since_.has_value()) unready_since_ = loop_.Now();
  return loop_.Now() - *unready_since_ >= kPatience;
}

void Outage::Answered(const absl::StatusOr<Fetch::Answer>& answer) {
  if (!answer.ok()) {
    unready_since_.reset();
    return ProbeAfter(absl::IsUnauthenticated(answer.status()) ? kCredentialsPause : kPause);
  }
  if (!IsReady(answer->head.status)) return ProbeAfter(kPause);
  unready_since_.reset();
  waking_ = std::exchange(waiting_, {});
  while (!waking_.empty()) {
    Wait& wait = *waking_.front();
    waking_.pop_front();
    const std::function<void()> call = std::exchange(wait.call_, nullptr);
    call();
  }
}

}  // namespace nuncio::kube
