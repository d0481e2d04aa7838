#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// The world for a test: a clock that stands until it is told to go, and an API server that is the test itself.
class FakeLoop final : public Loop {
 public:
  struct Sent {
    Request request;
    Receiver* receiver = nullptr;
  };

  Time Now() const override { return now_; }
  int64_t UnixMs() const override { return std::chrono::duration_cast<Duration>(now_.time_since_epoch()).count(); }
  Id Send(Request request, Receiver& receiver) override {
    sent_.emplace(++last_id_, Sent{request, &receiver});
    history_.push_back(std::move(request));
    return last_id_;
  }
  void Cancel(Id request) override { sent_.erase(request); }
  Id After(Duration delay, std::function<void()> call) override {
    timers_.emplace(++last_id_, std::pair(now_ + delay, std::move(call)));
    return last_id_;
  }
  void CancelTimer(Id timer) override { timers_.erase(timer); }
  double Random() override { return random; }

  // Moves the clock, and fires on the way what is due.
  void Advance(Duration duration) {
    const Time end = now_ + duration;
    while (true) {
      const auto due = std::min_element(timers_.begin(), timers_.end(),
                                        [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
      if (due == timers_.end() || due->second.first > end) break;
      now_ = std::max(now_, due->second.first);
      const std::function<void()> call = std::move(due->second.second);
      timers_.erase(due);
      call();
    }
    now_ = end;
  }
  // Moves the clock to the next timer and fires it; how long that took. 0 when there is none.
  Duration AdvanceToNextTimer() {
    if (timers_.empty()) return Duration(0);
    Time next = Time::max();
    for (const auto& [id, timer] : timers_) next = std::min(next, timer.first);
    const Duration delay = std::chrono::duration_cast<Duration>(next - now_);
    Advance(delay);
    return delay;
  }

  // The requests that wait for an answer.
  const std::map<Id, Sent>& open() const { return sent_; }
  // All requests ever.
  const std::vector<Request>& history() const { return history_; }
  // The only open request; its path is empty when there is none, or more.
  Request Only() const { return sent_.size() == 1 ? sent_.begin()->second.request : Request{}; }

  // Whether a request whose path contains `path` waits for an answer; "=/api" stands for that very path.
  bool IsOpen(std::string_view path) { return Find(path) != sent_.end(); }
  // What the server does with the oldest of them. False when there is none.
  bool Head(int status, std::string_view path = "", std::optional<Duration> retry_after = std::nullopt) {
    return To(path, [&](Receiver& receiver) { receiver.OnHead({status, "", retry_after}); });
  }
  bool Data(std::string_view data, std::string_view path = "") {
    return To(path, [&](Receiver& receiver) { receiver.OnData(data); });
  }
  bool End(const absl::Status& status = absl::OkStatus(), std::string_view path = "") {
    const auto at = Find(path);
    if (at == sent_.end()) return false;
    Receiver* receiver = at->second.receiver;
    sent_.erase(at);
    receiver->OnEnd(status);
    return true;
  }
  // A whole answer.
  bool Answer(int status, std::string_view body, std::string_view path = "",
              std::optional<Duration> retry_after = std::nullopt) {
    const auto at = Find(path);
    if (at == sent_.end()) return false;
    const Id id = at->first;
    Receiver* receiver = at->second.receiver;
    receiver->OnHead({status, "", retry_after});
    if (sent_.count(id) != 0) receiver->OnData(body);
    if (sent_.erase(id) != 0) receiver->OnEnd(absl::OkStatus());
    return true;
  }

  double random = 0;

 private:
  std::map<Id, Sent>::iterator Find(std::string_view path) {
    return std::find_if(sent_.begin(), sent_.end(), [&](const auto& each) {
      const std::string& asked = each.second.request.path;
      return path.starts_with("=") ? asked == path.substr(1) : asked.find(path) != std::string::npos;
    });
  }
  bool To(std::string_view path, const std::function<void(Receiver&)>& call) {
    const auto at = Find(path);
    if (at == sent_.end()) return false;
    call(*at->second.receiver);
    return true;
  }

  Time now_ = Time(std::chrono::hours(1));
  Id last_id_ = 0;
  std::map<Id, Sent> sent_;
  std::map<Id, std::pair<Time, std::function<void()>>> timers_;
  std::vector<Request> history_;
};

}  // namespace nuncio::kube
