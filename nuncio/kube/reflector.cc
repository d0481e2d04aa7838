#include "nuncio/kube/reflector.h"

#include <algorithm>

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using Kind = Failure::Kind;

constexpr Duration kStalled{30'000};
// A list as a stream that failed that often is asked for in pages: the server may think that it can, and cannot.
constexpr int kMostStreamFailures = 2;
// What the server refuses for a reason that only people can change is not asked for more often.
constexpr Duration kSeldom{10'000};
// An API server that starts denies everything to everybody until it has read its rules: so a denial has to be repeated
// before it counts.
constexpr int kTimesDenied = 3;
constexpr Duration kShortWatch{1'000};
constexpr Duration kShortLife{10'000};

}  // namespace

Reflector::Reflector(Loop& loop, Outage& outage, Decoder& decoder, const ServedKind& kind, const Scope& scope,
                     Sink& sink)
    : loop_(loop),
      kind_(kind),
      scope_(scope),
      sink_(sink),
      watch_(loop, decoder, kind, scope, *this),
      pages_(loop, decoder, kind, scope, *this),
      pause_(loop),
      unreached_(loop, outage),
      stalled_(loop) {}

Reflector::Counters Reflector::counters() const {
  Counters counters = counters_;
  counters.bytes = watch_.bytes() + pages_.bytes();
  return counters;
}

void Reflector::SetState(Phase phase, std::string trouble) {
  if (phase == phase_ && trouble == trouble_) return;
  phase_ = phase;
  trouble_ = std::move(trouble);
  sink_.OnState();
}

void Reflector::List() {
  resource_version_.clear();
  listing_ = true;
  if (trouble_.empty()) SetState(Phase::kListing, "");
  sink_.OnListBegin();
  if (stream_failures_ >= kMostStreamFailures) return ListInPages();
  ++counters_.watches;
  progress_at_ = loop_.Now();
  ExpectProgress(kStalled);
  watch_.StartWithInitialEvents();
}

void Reflector::ExpectProgress(Duration within) {
  stalled_.Set(within, [this] {
    const Duration quiet = std::chrono::duration_cast<Duration>(loop_.Now() - progress_at_);
    if (quiet < kStalled) return ExpectProgress(kStalled - quiet);
    watch_.Stop();
    ++stream_failures_;
    OnListFailure({Kind::kServer, "the API server began a list as a stream and does not go on", std::nullopt});
  });
}

void Reflector::ListInPages() {
  stalled_.Stop();
  pages_.Start();
}

void Reflector::ListAgain() {
  // A list that expired as soon as it was made must not make a circle without a pause.
  if (loop_.Now() - listed_at_ > kShortLife) return List();
  resource_version_.clear();
  Pause(backoff_.Next(loop_.Now(), loop_.Random()));
}

void Reflector::Listed(const std::string& resource_version) {
  stalled_.Stop();
  listing_ = false;
  stream_failures_ = 0;
  denials_ = 0;
  resource_version_ = resource_version;
  listed_at_ = loop_.Now();
  if (!well_since_.has_value()) well_since_ = listed_at_;
  ++counters_.lists;
  const bool first = !std::exchange(synced_, true);
  sink_.OnListEnd();
  const bool changed = phase_ != Phase::kWatching || !trouble_.empty();
  SetState(Phase::kWatching, "");
  if (first && !changed) sink_.OnState();
}

void Reflector::WatchOn() {
  ++counters_.watches;
  watch_began_ = loop_.Now();
  watch_events_ = 0;
  watch_.StartFrom(resource_version_);
}

void Reflector::Pause(Duration delay) {
  unreached_.Stop();
  pause_.Set(delay, [this] { Retry(); });
}

void Reflector::RetryNow() {
  if (pause_.running() || unreached_.running()) Pause(Duration(0));
}

Duration Reflector::DelayAfter(const Failure& failure) {
  if (failure.kind == Kind::kTooMany) ++counters_.throttled;
  Duration delay = backoff_.Next(loop_.Now(), loop_.Random());
  if (failure.retry_after.has_value()) delay = std::max(delay, *failure.retry_after);
  const bool is_denied = failure.kind == Kind::kForbidden && denials_ >= kTimesDenied;
  if (is_denied || failure.kind == Kind::kAbsent) delay = std::max(delay, kSeldom);
  return delay;
}

// While nothing is known of the kind, its first denial counts: whoever waits for it must learn why it does not come.
Reflector::Phase Reflector::PhaseAfter(const Failure& failure) const {
  if (failure.kind == Kind::kAbsent) return Phase::kAbsent;
  const bool is_denied = failure.kind == Kind::kForbidden && (!synced_ || denials_ >= kTimesDenied);
  return is_denied ? Phase::kForbidden : Phase::kWaiting;
}

void Reflector::PauseAfter(const Failure& failure) {
  ++counters_.failures;
  denials_ = failure.kind == Kind::kForbidden ? denials_ + 1 : 0;
  const std::optional<Time> since = std::exchange(well_since_, std::nullopt);
  if (failure.kind == Kind::kServer || failure.kind == Kind::kGarbled) {
    // It may not be the server that says so, but what stands in front of it.
    return unreached_.Pause(DelayAfter(failure), [this](bool came_back) {
      if (came_back) backoff_ = Backoff();
      Retry();
    });
  }
  if (failure.kind != Kind::kConnection) return Pause(DelayAfter(failure));
  // The server may be there, and break off this very request each time; then it is the back-off that counts. An outage
  // leaves that as it is: a server that comes back may well refuse at first.
  const bool was_well = since.has_value() && loop_.Now() - *since >= kShortLife;
  unreached_.Set(was_well ? Duration(0) : DelayAfter(failure), [this](bool) { Retry(); });
}

void Reflector::OnListFailure(const Failure& failure) {
  stalled_.Stop();
  listing_ = false;
  PauseAfter(failure);
  SetState(PhaseAfter(failure), failure.message);
}

void Reflector::OnWatchFailure(const Failure& failure) {
  if (failure.kind == Kind::kExpired || failure.kind == Kind::kUnreached) {
    ++counters_.failures;
    return ListAgain();
  }
  // Of a way of asking that was understood before, or of a version that makes no sense to this server.
  if (failure.kind == Kind::kUnsupported) resource_version_.clear();
  PauseAfter(failure);
  SetState(PhaseAfter(failure), failure.message);
}

// What a list brings was written long ago, and a deletion writes nothing.
void Reflector::NoteLag(const Event& event) {
  const bool is_write = event.type == Event::Type::kAdded || event.type == Event::Type::kModified;
  if (listing_ || !is_write || event.written_at == 0) return;
  ++counters_.timed_events;
  counters_.lag_ms += static_cast<uint64_t>(std::max<int64_t>(0, loop_.UnixMs() - event.written_at * 1000));
}

void Reflector::OnEvent(Event event) {
  ++counters_.events;
  ++watch_events_;
  NoteLag(event);
  if (event.type != Event::Type::kBookmark) progress_at_ = loop_.Now();
  const std::string version = event.item.resource_version;
  switch (event.type) {
    case Event::Type::kAdded:
    case Event::Type::kModified:
      sink_.OnPut(std::move(event.item));
      break;
    case Event::Type::kDeleted:
      sink_.OnDelete(event.item);
      break;
    default:
      break;
  }
  // Before the end of a list its versions are no place to go on from: what was not sent yet would be missed.
  if (listing_ && event.initial_events_end && !version.empty()) {
    watch_began_ = loop_.Now();
    Listed(version);
  } else if (!listing_ && !version.empty()) {
    resource_version_ = version;
  }
}

void Reflector::OnWatchOpen() {
  if (listing_) return;
  denials_ = 0;
  if (!well_since_.has_value()) well_since_ = loop_.Now();
  SetState(Phase::kWatching, "");
}

void Reflector::OnHugeEvent() {
  Item item;
  item.refusal = Cat("is larger than ", Watch::kLongestEvent >> 20, " MiB");
  sink_.OnPut(std::move(item));
}

void Reflector::OnWatchEnd(const std::optional<Failure>& failure) {
  if (listing_) {
    if (failure.has_value() && failure->kind == Kind::kUnsupported) return ListInPages();
    const bool ended = !failure.has_value() || failure->kind == Kind::kServer || failure->kind == Kind::kGarbled;
    if (ended) ++stream_failures_;
    return OnListFailure(failure.value_or(
        Failure{Kind::kServer, "the API server ended a list as a stream before its end", std::nullopt}));
  }
  if (failure.has_value()) return OnWatchFailure(*failure);
  const bool short_lived = loop_.Now() - watch_began_ < kShortWatch && watch_events_ == 0;
  if (short_lived) return Pause(backoff_.Next(loop_.Now(), loop_.Random()));
  WatchOn();
}

void Reflector::OnRestart() { sink_.OnListBegin(); }

void Reflector::OnItem(Item item) { sink_.OnPut(std::move(item)); }

void Reflector::OnListEnd(const std::optional<Failure>& failure, const std::string& resource_version) {
  if (failure.has_value()) return OnListFailure(*failure);
  Listed(resource_version);
  WatchOn();
}

}  // namespace nuncio::kube
