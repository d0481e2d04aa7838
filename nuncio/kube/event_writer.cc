#include "nuncio/kube/event_writer.h"

#include <nlohmann/json.hpp>

#include "nuncio/base/digest.h"
#include "nuncio/base/text.h"
#include "nuncio/base/utf8.h"
#include "nuncio/kube/micro_time.h"
#include "nuncio/kube/target.h"

namespace nuncio::kube {
namespace {

constexpr size_t kMostBytes = 256 << 10;
constexpr size_t kNoteBytes = 1000;  // the API server takes 1024
constexpr Duration kAnswer{10'000};

std::string Bounded(const std::string& text) { return text.substr(0, CutBetweenCharacters(text, kNoteBytes)); }

std::string PathOf(const std::string& ns) { return Cat("/apis/events.k8s.io/v1/namespaces/", Encoded(ns), "/events"); }

Request Write(const char* method, std::string path, const char* content_type, const Json& body) {
  Request request;
  request.method = method;
  request.path = std::move(path);
  request.content_type = content_type;
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.until_head = request.until_end = kAnswer;
  return request;
}

}  // namespace

void EventWriter::SetLeading(bool leading) {
  leading_ = leading;
  if (leading) return;
  fetch_.Cancel();
  pause_.Stop();
  queue_.clear();
}

void EventWriter::Forget() {
  const Time now = loop_.Now();
  std::erase_if(series_, [&](const auto& each) { return now - each.second.last > kSeries; });
  std::erase_if(budgets_, [&](const auto& each) { return now - each.second.since > kRefill * kBurst; });
}

bool EventWriter::Allowed(const std::string& uid) {
  const Time now = loop_.Now();
  Budget& budget = budgets_.try_emplace(uid, Budget{kBurst, now}).first->second;
  while (budget.left < kBurst && now - budget.since >= kRefill) {
    ++budget.left;
    budget.since += kRefill;
  }
  if (budget.left == kBurst) budget.since = now;
  if (budget.left == 0) return false;
  --budget.left;
  return true;
}

void EventWriter::Add(const Transition& transition) {
  if (!leading_) return;
  Forget();
  if (queue_.size() >= kMostQueued || !Allowed(transition.uid)) {
    ++counters_.dropped;
    return;
  }
  const status::ObjectStatus& status = transition.status;
  const status::Condition& condition = status.of(transition.type);
  const std::string now = MicroTime(options_.wall_clock_us());
  const std::string note = Bounded(condition.message);
  const Identity identity(transition.uid, condition.reason, note);
  if (const auto at = series_.find(identity); at != series_.end()) {
    Series& series = at->second;
    ++series.count;
    series.last = loop_.Now();
    queue_.push_back(Write("PATCH", Cat(PathOf(series.ns), "/", series.name), "application/merge-patch+json",
                           {{"series", {{"count", series.count}, {"lastObservedTime", now}}}}));
    return Next();
  }
  const std::string name = Cat(status.key.name.substr(0, 230), ".",
                               Digest(Cat(transition.uid, condition.reason, note, now, options_.instance)));
  series_[identity] = {status.key.ns, name, 1, loop_.Now()};
  const Json event = {{"apiVersion", "events.k8s.io/v1"},
                      {"kind", "Event"},
                      {"metadata", {{"name", name}, {"namespace", status.key.ns}}},
                      {"eventTime", now},
                      {"reportingController", "getambassador.io/nuncio"},
                      {"reportingInstance", options_.instance.substr(0, 128)},
                      {"action", "Program"},
                      {"type", transition.good ? "Normal" : "Warning"},
                      {"reason", condition.reason},
                      {"note", note},
                      {"regarding",
                       {{"apiVersion", transition.api_version},
                        {"kind", status.kind},
                        {"namespace", status.key.ns},
                        {"name", status.key.name},
                        {"uid", transition.uid}}}};
  queue_.push_back(Write("POST", PathOf(status.key.ns), "application/json", event));
  Next();
}

// One at a time; when the server is busy, after a pause.
void EventWriter::Next() {
  if (queue_.empty() || fetch_.running() || pause_.running()) return;
  Request request = std::move(queue_.front());
  queue_.pop_front();
  fetch_.Start(std::move(request), kMostBytes, [this](const absl::StatusOr<Fetch::Answer>& answer) {
    const int status = answer.ok() ? answer->head.status : 0;
    ++(status == 200 || status == 201 ? counters_.written : counters_.dropped);
    Duration pause{100};
    if (status == 0 || status == 429 || status >= 500) pause = Duration(5'000);
    if (answer.ok() && answer->head.retry_after.has_value()) pause = *answer->head.retry_after;
    pause_.Set(pause, [this] { Next(); });
  });
}

}  // namespace nuncio::kube
